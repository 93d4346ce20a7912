using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Pressroom.LocalHost.Hosting;

/// <summary>What a person who started the host wants to know.</summary>
internal static class StartupNotice
{
    /// <summary>Prints where everything is, and the admin token where this start made one: it is shown once.</summary>
    public static void Print(this WebApplication app, TextWriter console, string? newAdminToken = null)
    {
        var site = app.Services.GetRequiredService<SiteSettings>();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        console.WriteLine("Pressroom is up.");
        console.WriteLine($"  Site   {site.Absolute("")}");
        console.WriteLine($"  Feeds  {site.Absolute("feed.xml")}  {site.Absolute("atom.xml")}  {site.Absolute("feed.json")}");
        console.WriteLine($"  API    {site.ApiBaseUrl.AbsoluteUri}");
        if (app.Services.GetRequiredService<Settings>().Storage.IsEmbedded && site.BaseUrl.IsLoopback)
        {
            console.WriteLine($"  Outbox {site.Absolute("_outbox")}");
        }

        if (!addresses.Contains(site.BaseUrl.AbsoluteUri.TrimEnd('/')))
        {
            console.WriteLine($"  It listens on {string.Join(", ", addresses)}");
        }

        if (newAdminToken is not null)
        {
            console.WriteLine($"  Admin token, shown this once: {newAdminToken}");
        }
    }
}
