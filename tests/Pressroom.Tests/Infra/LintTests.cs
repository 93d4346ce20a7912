using System.Text.RegularExpressions;

namespace Pressroom.Tests.Infra;

/// <summary>What Azure's compiler and linter say of the templates.</summary>
public sealed class LintTests
{
    [Fact]
    public async Task Compiler_and_linter_have_nothing_to_say()
    {
        using var bicep = new Bicep();
        Assert.Equal("", await bicep.LintAsync());
    }

    [Fact]
    public async Task Compiler_and_linter_see_every_file_and_no_warning_passes()
    {
        using var bicep = new Bicep();
        foreach (var module in Directory.GetFiles(bicep.PathOf("modules")))
        {
            await File.AppendAllTextAsync(module, "\nvar unused = 1\n", TestContext.Current.CancellationToken);
        }

        await File.AppendAllTextAsync(bicep.PathOf("modules/storage.bicep"), "output key string = account.listKeys().keys[0].value\n", TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(bicep.PathOf("samples/small-site.bicepparam"), "param nothing = 'x'\n", TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(bicep.PathOf("samples/newsroom.bicepparam"), "param nothing = 'x'\n", TestContext.Current.CancellationToken);
        var said = await bicep.LintAsync();
        Assert.All(Directory.GetFiles(bicep.PathOf("modules")), module => Assert.Matches($"{Regex.Escape(module)}.* Error no-unused-vars", said));
        Assert.Contains("Error outputs-should-not-contain-secrets", said, StringComparison.Ordinal);
        Assert.Matches(@"small-site\.bicepparam.* Error BCP259", said);
        Assert.Matches(@"newsroom\.bicepparam.* Error BCP259", said);
    }
}
