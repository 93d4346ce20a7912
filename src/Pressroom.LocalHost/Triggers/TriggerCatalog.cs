using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using NCrontab;

namespace Pressroom.LocalHost.Triggers;

/// <summary>An HTTP trigger: a route below the prefix and the methods it takes (none: any).</summary>
internal sealed record HttpFunction(string Name, string Route, IReadOnlyList<string> Methods, Func<HttpContext, Task<IResult>> RunAsync);

/// <summary>A queue trigger. <paramref name="RunAsync"/> takes the message's text.</summary>
internal sealed record QueueFunction(string Name, string Queue, Func<IServiceProvider, string, CancellationToken, Task> RunAsync);

/// <summary>A timer trigger.</summary>
internal sealed record TimerFunction(
    string Name, CrontabSchedule Schedule, bool RunOnStartup, Func<IServiceProvider, TimerInfo, CancellationToken, Task> RunAsync);

/// <summary>The functions of some classes: their public methods marked <see cref="FunctionAttribute"/>, with the parameters that
/// both hosts can fill. Whatever this host could not call is refused here, by the function's name.</summary>
internal sealed partial class TriggerCatalog
{
    private readonly Func<string, string?> setting;
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<HttpFunction> http = [];
    private readonly List<QueueFunction> queues = [];
    private readonly List<TimerFunction> timers = [];
    private readonly List<Type> types = [];

    /// <exception cref="InvalidOperationException">A function cannot be called by this host.</exception>
    /// <exception cref="SettingException">A <c>%setting%</c> that a function names is missing or does not fit.</exception>
    public TriggerCatalog(IConfiguration configuration, IEnumerable<Type> classes)
    {
        setting = key => configuration[key.Replace("__", ":", StringComparison.Ordinal)];
        foreach (var type in classes)
        {
            foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            {
                if (method.GetCustomAttribute<FunctionAttribute>() is { } function)
                {
                    Add(function.Name, type, method);
                }
            }
        }
    }

    public IReadOnlyList<HttpFunction> Http => http;

    public IReadOnlyList<QueueFunction> Queues => queues;

    public IReadOnlyList<TimerFunction> Timers => timers;

    /// <summary>The classes that hold the functions.</summary>
    public IReadOnlyList<Type> Types => types;

    private void Add(string name, Type type, MethodInfo method)
    {
        Require(Names().IsMatch(name), name, "has a name that is not a letter and then up to 127 letters, digits, '-' or '_'");
        Require(names.Add(name), name, "is there twice");
        Require(!type.IsAbstract && !type.ContainsGenericParameters && !method.IsStatic && !method.ContainsGenericParameters, name, "is no plain method of a class with instances");
        Require(type.GetConstructors().Length == 1, name, $"is in {type.Name}, which does not have one public constructor");
        if (!types.Contains(type))
        {
            types.Add(type);
        }

        var triggers = method.GetParameters().SelectMany(parameter => parameter.GetCustomAttributes().Select(attribute => (parameter, attribute)))
            .Where(pair => pair.attribute is HttpTriggerAttribute or QueueTriggerAttribute or TimerTriggerAttribute).ToList();
        Require(triggers.Count == 1, name, $"has {triggers.Count} triggers instead of one");
        switch (triggers[0])
        {
            case (var parameter, HttpTriggerAttribute trigger):
                AddHttp(name, method, parameter, trigger);
                break;
            case (var parameter, QueueTriggerAttribute trigger):
                AddQueue(name, method, parameter, trigger);
                break;
            case (var parameter, TimerTriggerAttribute trigger):
                AddTimer(name, method, parameter, trigger);
                break;
        }
    }

    private void AddHttp(string name, MethodInfo method, ParameterInfo request, HttpTriggerAttribute trigger)
    {
        Require(trigger.AuthLevel == AuthorizationLevel.Anonymous, name, "asks for a function key; this host has none, so only AuthorizationLevel.Anonymous would be honest");
        Require(request.ParameterType == typeof(HttpRequest), name, $"takes its request as {request.ParameterType.Name} instead of HttpRequest");
        var route = trigger.Route ?? name;
        var routeParameters = Parse(route);
        foreach (var other in method.GetParameters().Where(other => other.Position != request.Position && other.ParameterType != typeof(CancellationToken)))
        {
            Require(other.ParameterType == typeof(string), name, Unfillable(other));
            Require(routeParameters.Contains(other.Name!), name, $"has a parameter '{other.Name}' that its route '{route}' does not name");
        }

        Require(Invoker.ReturnsResult(method), name, $"returns {method.ReturnType.Name} instead of IResult, Task<IResult> or ValueTask<IResult>");
        var run = new Lazy<Func<HttpContext, Task<IResult>>>(() => Invoker.Http(method));
        http.Add(new HttpFunction(name, route, [.. (trigger.Methods ?? []).Select(verb => verb.ToUpperInvariant())], context => run.Value(context)));

        HashSet<string> Parse(string template)
        {
            try
            {
                return RoutePatternFactory.Parse(template).Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            }
            catch (RoutePatternException exception)
            {
                throw Refuse(name, $"has the route '{template}', which is malformed: {exception.Message}");
            }
        }
    }

    private void AddQueue(string name, MethodInfo method, ParameterInfo message, QueueTriggerAttribute trigger)
    {
        var type = message.ParameterType;
        Require(type == typeof(string) || (type.Namespace?.Split('.')[0] is not "System" && type is { IsAbstract: false, IsArray: false, IsEnum: false }), name, Unfillable(message));
        RequireOnlyCancellationBeside(message, name, method);
        Require(Invoker.ReturnsNothing(method), name, $"returns {method.ReturnType.Name} instead of Task, ValueTask or void");
        var queue = Resolve(name, trigger.QueueName);
        var run = new Lazy<Func<IServiceProvider, object, CancellationToken, Task>>(() => Invoker.Background(method, type));
        queues.Add(new QueueFunction(name, queue, (services, text, cancellation) => run.Value(services, Read(text), cancellation)));

        object Read(string text) => type == typeof(string)
            ? text
            : JsonSerializer.Deserialize(text, type, JsonSerializerOptions.Web) ?? throw new JsonException("The message is null.");
    }

    private void AddTimer(string name, MethodInfo method, ParameterInfo timer, TimerTriggerAttribute trigger)
    {
        Require(timer.ParameterType == typeof(TimerInfo), name, $"takes its timer as {timer.ParameterType.Name} instead of TimerInfo");
        RequireOnlyCancellationBeside(timer, name, method);
        Require(Invoker.ReturnsNothing(method), name, $"returns {method.ReturnType.Name} instead of Task, ValueTask or void");
        var text = Resolve(name, trigger.Schedule);
        if (CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = true }) is not { } schedule)
        {
            var complaint = $"has the schedule '{text}', which is no NCRONTAB expression of six fields (second minute hour day month weekday)";
            throw text == trigger.Schedule ? Refuse(name, complaint) : new SettingException($"{trigger.Schedule} of function {name} {complaint}.");
        }

        var run = new Lazy<Func<IServiceProvider, object, CancellationToken, Task>>(() => Invoker.Background(method, typeof(TimerInfo)));
        timers.Add(new TimerFunction(name, schedule, trigger.RunOnStartup, (services, info, cancellation) => run.Value(services, info, cancellation)));
    }

    private static void RequireOnlyCancellationBeside(ParameterInfo trigger, string name, MethodInfo method)
    {
        // By position: a parameter is not always the same object, when several threads ask for a method's for the first time.
        foreach (var other in method.GetParameters().Where(other => other.Position != trigger.Position))
        {
            Require(other.ParameterType == typeof(CancellationToken), name, Unfillable(other));
        }
    }

    // As in the Functions host, %Key% stands for the setting of that name.
    private string Resolve(string function, string text) => Settings().Replace(text, match => setting(match.Groups["key"].Value)
        ?? throw new SettingException($"{match.Groups["key"].Value} is missing: function {function} needs it for '{text}'."));

    private static string Unfillable(ParameterInfo parameter) => $"has a parameter '{parameter.Name}' of type {parameter.ParameterType.Name}, which this host cannot fill";

    private static void Require(bool holds, string function, string complaint)
    {
        if (!holds)
        {
            throw Refuse(function, complaint);
        }
    }

    private static InvalidOperationException Refuse(string function, string complaint) => new($"Function '{function}' {complaint}.");

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex Names();

    [GeneratedRegex("%(?<key>[^%]+)%", RegexOptions.CultureInvariant)]
    private static partial Regex Settings();
}
