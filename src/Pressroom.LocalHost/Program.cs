using Microsoft.Azure.Functions.Worker;
using Pressroom;
using Pressroom.LocalHost.Hosting;
using Pressroom.LocalHost.Site;
using Pressroom.LocalHost.Triggers;

return await OperatorErrors.ExplainAsync(Console.Error, async () =>
{
    var builder = LocalHostBuilder.Create(args);
    builder.Services.AddPressroom(builder.Configuration);
    builder.AddTriggers(typeof(FunctionAttribute).Assembly); // Pressroom.Functions, which holds the stand-in of the attributes too
    builder.AddSite();

    await using var app = builder.Build();
    app.UseSiteCache();
    app.MapTriggers();
    app.MapSite();
    await app.StartAsync();
    app.Print(Console.Out);
    await app.WaitForShutdownAsync();
});
