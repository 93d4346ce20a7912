namespace Pressroom.LocalHost.Hosting;

/// <summary>HTTP Strict Transport Security (RFC 6797): whoever came by https comes by https for a year.</summary>
internal static class StrictTransport
{
    private const string OneYear = "max-age=31536000";

    /// <summary>Says so with every answer, where the publication's address is https: call it first.</summary>
    public static void UseStrictTransport(this WebApplication app)
    {
        if (app.Services.GetRequiredService<SiteSettings>().BaseUrl.Scheme != Uri.UriSchemeHttps)
        {
            return;
        }

        app.Use(next => context =>
        {
            // An answer that fails is begun anew, without the headers set before.
            context.Response.OnStarting(
                static response =>
                {
                    ((HttpResponse)response).Headers.StrictTransportSecurity = OneYear;
                    return Task.CompletedTask;
                },
                context.Response);
            return next(context);
        });
    }
}
