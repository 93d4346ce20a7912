using System.Text;
using Pressroom.Storage;

namespace Pressroom.Articles.Welcome;

/// <summary>Publishes one article in three languages in an empty publication, through the same use case as any other.</summary>
/// <remarks>Table <c>setup</c>, partition <c>welcome</c>, row <c>welcome</c>: the ids of the three, chosen before the first is published,
/// so that a start that was cut short is gone on with and none appears twice.</remarks>
public sealed class PublishWelcome(SaveArticle save, ArticleStore articles, ArticleIndex index, ITableStore tables, TimeProvider time)
{
    private const string Table = "setup";
    private const string Key = "welcome";
    private static readonly ArticleFilter Any = new(null, null, null, null, null);

    // The original first: the others name it.
    private static readonly (string Language, string Section, string Tag)[] Versions =
        [("en", "Newsroom", "Getting started"), ("fr", "Rédaction", "Premiers pas"), ("ar", "غرفة الأخبار", "الخطوات الأولى")];

    /// <summary>Publishes the welcome article where nothing was ever published; does nothing at any later start.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var row = await tables.GetAsync(Table, Key, Key, cancellation);
        if (row is null)
        {
            var isEmpty = (await index.ListAsync(Any, null, 1, cancellation)).Articles.Count == 0;
            var columns = new Columns { { "done", !isEmpty } };
            foreach (var (language, _, _) in Versions)
            {
                columns.Add(language, ArticleId.New(time).Value);
            }

            await tables.CommitAsync(Table, Key, [new TableOperation.Insert(Key, columns)], cancellation);
            row = await tables.GetAsync(Table, Key, Key, cancellation);
        }

        if (row is null || row.Columns.Flag("done"))
        {
            return;
        }

        var ids = Versions.Select(version => ArticleId.Parse(row.Columns.Text(version.Language))).ToList();
        for (var number = 0; number < Versions.Length; number++)
        {
            if (await articles.FindAsync(ids[number], cancellation) is null)
            {
                await save.SaveAsync(ids[number], null, Content(Versions[number], number == 0 ? null : ids[0]), "Pressroom", "created", cancellation);
            }
        }

        var done = new Columns { { "done", true } };
        await tables.CommitAsync(Table, Key, [new TableOperation.Upsert(Key, done)], cancellation);
    }

    private static ArticleContent Content((string Language, string Section, string Tag) version, ArticleId? original)
    {
        using var stream = typeof(PublishWelcome).Assembly.GetManifestResourceStream($"welcome/{version.Language}.md")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new ArticleContent
        {
            Title = reader.ReadLine()!,
            Summary = reader.ReadLine(),
            Body = reader.ReadToEnd().TrimStart(),
            Language = Language.Parse(version.Language),
            Section = version.Section,
            Tags = [version.Tag],
            TranslationOf = original,
            Status = ArticleStatus.Published,
            Announce = original is null ? Announce.Everywhere : Announce.Nowhere,
        };
    }
}
