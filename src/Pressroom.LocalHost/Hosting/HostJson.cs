using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pressroom.LocalHost.Hosting;

/// <summary>What this host honours of host.json, with the Functions host's names, limits and defaults
/// (learn.microsoft.com/azure/azure-functions/functions-host-json). Unknown keys are left to other hosts.</summary>
internal sealed partial record HostJson(string RoutePrefix, QueueSettings Queues, IReadOnlyDictionary<string, LogLevel> LogLevels)
{
    /// <summary>Reads host.json of the working folder, or else the one beside the program. As in the Functions host, a setting
    /// like <c>AzureFunctionsJobHost__extensions__queues__batchSize</c> wins over the file.</summary>
    /// <exception cref="SettingException">A value is wrong; the message names each by its path.</exception>
    public static HostJson Read(string workingFolder, IConfiguration settings)
    {
        var file = new[] { workingFolder, AppContext.BaseDirectory }.Select(folder => Path.Combine(folder, "host.json")).FirstOrDefault(File.Exists);
        var builder = new ConfigurationBuilder();
        using var stream = file is null ? null : File.OpenRead(file);
        if (stream is not null)
        {
            builder.AddJsonStream(stream);
        }

        try
        {
            return Read(builder.AddConfiguration(settings.GetSection("AzureFunctionsJobHost")).Build());
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            throw new SettingException($"{file} is no JSON: {(exception.InnerException ?? exception).Message}");
        }
    }

    private static HostJson Read(IConfiguration json)
    {
        var wrong = new List<string>();
        var batchSize = Number("extensions:queues:batchSize", otherwise: 16, from: 1, to: 32);
        var host = new HostJson(
            Text("extensions:http:routePrefix", otherwise: "api", RoutePrefixes(), "is no path without slashes at its ends"),
            new QueueSettings(
                batchSize,
                Number("extensions:queues:newBatchThreshold", otherwise: batchSize / 2 * Environment.ProcessorCount, from: 0, to: 1000),
                Number("extensions:queues:maxDequeueCount", otherwise: 5, from: 1, to: 1000),
                Time("extensions:queues:visibilityTimeout", otherwise: TimeSpan.Zero, from: TimeSpan.Zero, to: TimeSpan.FromDays(7)),
                Time("extensions:queues:maxPollingInterval", otherwise: TimeSpan.FromMinutes(1), from: TimeSpan.FromMilliseconds(100), to: TimeSpan.FromDays(1))),
            json.GetSection("logging:logLevel").GetChildren().ToDictionary(level => level.Key, Level, StringComparer.OrdinalIgnoreCase));

        // Senders and receivers must agree, and Pressroom's stores send base64: text must survive Azure's XML.
        Text("extensions:queues:messageEncoding", otherwise: "base64", Base64(), "must be base64, as Pressroom's queues are written");
        return wrong.Count == 0 ? host : throw new SettingException(string.Join(Environment.NewLine, wrong));

        string Text(string key, string otherwise, Regex allowed, string complaint)
        {
            var text = json[key] ?? otherwise;
            return allowed.IsMatch(text) ? text : Reject(key, complaint, otherwise);
        }

        int Number(string key, int otherwise, int from, int to)
        {
            var text = json[key];
            return text is null ? otherwise
                : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to ? number
                : Reject(key, $"is no number from {from} to {to}", otherwise);
        }

        TimeSpan Time(string key, TimeSpan otherwise, TimeSpan from, TimeSpan to)
        {
            var text = json[key];
            return text is null ? otherwise
                : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= from && time <= to ? time
                : Reject(key, $"is no time (hh:mm:ss) from {from:c} to {to:c}", otherwise);
        }

        LogLevel Level(IConfigurationSection section) =>
            Enum.TryParse<LogLevel>(section.Value, ignoreCase: true, out var level) && Enum.IsDefined(level)
                ? level
                : Reject(section.Path, $"is none of {string.Join(", ", Enum.GetNames<LogLevel>())}", LogLevel.Information);

        T Reject<T>(string key, string complaint, T otherwise)
        {
            wrong.Add($"host.json: {key.Replace(':', '.')} '{json[key]}' {complaint}.");
            return otherwise;
        }
    }

    [GeneratedRegex("^([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex RoutePrefixes();

    [GeneratedRegex("^base64$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Base64();
}

/// <summary>host.json's <c>extensions.queues</c>.</summary>
/// <param name="BatchSize">How many messages are taken at once.</param>
/// <param name="NewBatchThreshold">The next ones are taken when no more than this are being worked on.</param>
/// <param name="MaxDequeueCount">How often a message is tried before it goes to the poison queue.</param>
/// <param name="VisibilityTimeout">How long a failed message waits until it is tried again.</param>
/// <param name="MaxPollingInterval">The longest wait between two looks at an empty queue.</param>
internal sealed record QueueSettings(int BatchSize, int NewBatchThreshold, int MaxDequeueCount, TimeSpan VisibilityTimeout, TimeSpan MaxPollingInterval);
