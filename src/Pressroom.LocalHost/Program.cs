using Pressroom;
using Pressroom.Access;
using Pressroom.Articles.Welcome;
using Pressroom.LocalHost;
using Pressroom.LocalHost.Hosting;
using Pressroom.Site.Themes;

NativeMemory.KeepHeapsSmall();
Theme.ReadAhead();
return await OperatorErrors.ExplainAsync(Console.Error, async () =>
{
    await using var app = LocalHostApp.Build(args);
    await app.StartAsync();
    if (app.Services.GetRequiredService<Settings>().Welcome)
    {
        await app.Services.GetRequiredService<PublishWelcome>().RunAsync(CancellationToken.None);
    }

    var secrets = app.Services.GetRequiredService<Secrets>();
    app.Print(Console.Out, secrets.AdminTokenIsNew ? secrets.AdminToken : null);
    await app.WaitForShutdownAsync();
});
