using Pressroom.StorageTests.Embedded;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// A process to be killed, or the test runner as xunit would have generated it.
return args switch
{
    ["write-until-killed", var folder, var round] => await Victim.WriteAsync(folder, round),
    ["hold-folder", var folder] => await Victim.HoldAsync(folder),
    _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
        await TestPlatformTestFramework.RunAsync(args, Pressroom.StorageTests.SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    _ => await ConsoleRunner.Run(args),
};
