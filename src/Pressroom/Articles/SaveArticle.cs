using Pressroom.Media;
using Pressroom.Site;
using Pressroom.Site.Body;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Articles;

/// <summary>Makes a revision of an article, so that killed at any point it is either not made, or made with all that follows.</summary>
/// <remarks>
/// 1 render the text. 2 reserve the slug, send the intent, held back, and write the text's blob, all at once. 3 commit: one batch.
/// 4 write the page and the editors' lists, and release the intent, all at once. A crash before 3 leaves a reservation that lapses, an
/// intent that finds no such revision and is dropped, and a blob that nothing reads. A crash after 3 leaves the intent, whose consumer
/// does 4 again.
/// </remarks>
public sealed class SaveArticle(
    ArticleStore articles, SlugStore slugs, ArticleIndex index, TranslationStore translations, ArticlePages pages, PictureWords words,
    IQueueStore queues, SiteSettings site, TimeProvider time)
{
    private const int MostTries = 10;

    /// <summary>Makes the article's first revision, or its next one over <paramref name="basis"/>.</summary>
    /// <param name="id">The article.</param>
    /// <param name="basis">What the change was made on; null for a new article.</param>
    /// <param name="content">What the article shall say.</param>
    /// <param name="editor">Who is named in the history.</param>
    /// <param name="change">What kind of change the history calls it.</param>
    /// <param name="cancellation">Heeded until the commit; from there on all is done.</param>
    public async Task<SaveOutcome> SaveAsync(
        ArticleId id, StoredArticle? basis, ArticleContent content, string editor, string change, CancellationToken cancellation)
    {
        var (now, began) = (time.GetUtcNow(), time.GetTimestamp());
        var errors = new FieldErrors();
        CheckDates(content, basis?.Article, now, errors);
        var translationGroup = await FindTranslationGroupAsync(id, basis?.Article, content, errors, cancellation);
        var previous = basis is null ? null : await articles.ReadAsync(id, basis.Article.Revision, cancellation);
        var pictureWords = await words.OfAsync([content.Body, content.Image?.Url], cancellation);
        content = WithWords(content, pictureWords);
        var text = Render(content, previous, pictureWords, errors);
        if (content.Status != ArticleStatus.Draft && text is not null && string.IsNullOrWhiteSpace(text.Html))
        {
            errors.Add("body", "An article without a text cannot be published.");
        }

        if (text is null || errors.Any)
        {
            return new SaveOutcome.Rejected(errors);
        }

        // Intent, slug and text do not need each other: together they share one fsync. The text is written with the slug that it
        // most likely gets, and again in the rare case that it gets another.
        var revision = (basis?.Article.Revision ?? 0) + 1;
        var hoped = content.Slug ?? basis?.Article.Slug ?? SlugOf(content, id);
        var document = DocumentWith(hoped);
        var holding = HoldIntentAsync(id, revision, cancellation);
        var writing = articles.WriteAsync(document, cancellation);
        var reserving = ReserveSlugAsync(id, basis?.Article, content, cancellation);
        await Task.WhenAll(holding, writing, reserving);
        var (intent, isWritten) = (await holding, await writing);
        if (await reserving is not { } slug)
        {
            await intent.WithdrawAsync();
            if (isWritten)
            {
                await articles.DiscardAsync(id, revision, CancellationToken.None);
            }

            return new SaveOutcome.SlugTaken();
        }

        if (slug != hoped)
        {
            document = DocumentWith(slug);
            if (isWritten)
            {
                await articles.DiscardAsync(id, revision, cancellation);
                isWritten = await articles.WriteAsync(document, cancellation);
            }
        }

        while (!isWritten)
        {
            // Another writer has that number, or had it when it was killed.
            await intent.WithdrawAsync();
            document = document with { Article = document.Article with { Revision = document.Article.Revision + 1 } };
            intent = await HoldIntentAsync(id, document.Article.Revision, cancellation);
            isWritten = await articles.WriteAsync(document, cancellation);
        }

        var article = document.Article;
        var note = new RevisionNote(article.Revision, now, editor, change, article.Title, article.Status);
        if (await articles.CommitAsync(article, note, basis?.ETag, cancellation) is not { } etag)
        {
            await articles.DiscardAsync(id, article.Revision, CancellationToken.None);
            await intent.WithdrawAsync();
            if (basis is null || slug != basis.Article.Slug)
            {
                await FreeLostSlugAsync(id, slug);
            }

            return new SaveOutcome.Changed();
        }

        // The message comes out together with the page, so what it starts finds the page made.
        await Task.WhenAll(
            pages.BringUpToDateAsync(document, isNew: basis is null, CancellationToken.None),
            index.PutAsync(article, CancellationToken.None),
            FreeFormerSlugAsync(basis?.Article, article),
            intent.ReleaseAsync());
        if (article.IsLive)
        {
            Metrics.Published(time.GetElapsedTime(began));
        }

        return new SaveOutcome.Saved(new StoredArticle(article, etag), text);

        ArticleDocument DocumentWith(Slug chosen) =>
            new(Compose(id, revision, basis?.Article, previous?.Text, content, text, chosen, translationGroup, now), text);
    }

    /// <summary>Changes an article that others may be changing: looks at it as it is now, and again as often as somebody else was faster.</summary>
    /// <param name="id">The article.</param>
    /// <param name="isExpected">Whether the article is still what the editor saw.</param>
    /// <param name="attempt">Makes the change over the version given to it.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>Null where there is no such article; <see cref="SaveOutcome.Changed"/> where it is not what was expected, and only there.</returns>
    public async Task<SaveOutcome?> InsistAsync(
        ArticleId id, Func<Article, bool> isExpected, Func<StoredArticle, Task<SaveOutcome?>> attempt, CancellationToken cancellation)
    {
        for (var tries = 1; await articles.FindLivingAsync(id, cancellation) is { } stored; tries++)
        {
            if (!isExpected(stored.Article))
            {
                return new SaveOutcome.Changed();
            }

            var outcome = await attempt(stored);
            if (outcome is not SaveOutcome.Changed)
            {
                return outcome;
            }

            if (tries == MostTries)
            {
                return new SaveOutcome.Busy();
            }
        }

        return null;
    }

    /// <summary>The article as it would be saved now, with the slug that its title gives; null where its text cannot be rendered.</summary>
    internal async Task<ArticleDocument?> DraftAsync(ArticleContent content, FieldErrors errors, CancellationToken cancellation)
    {
        var pictureWords = await words.OfAsync([content.Body, content.Image?.Url], cancellation);
        content = WithWords(content, pictureWords);
        if (Render(content, null, pictureWords, errors) is not { } text)
        {
            return null;
        }

        var id = ArticleId.New(time);
        var now = time.GetUtcNow();
        var published = content with { Status = ArticleStatus.Published };
        return new ArticleDocument(Compose(id, 1, null, null, published, text, content.Slug ?? SlugOf(content, id), content.TranslationOf ?? id, now), text);
    }

    private static void CheckDates(ArticleContent content, Article? current, DateTimeOffset now, FieldErrors errors)
    {
        switch (content.Status)
        {
            case ArticleStatus.Scheduled when content.PublishAt is null:
                errors.Add("publishAt", "A scheduled article needs the time at which it is published.");
                break;
            case ArticleStatus.Scheduled when content.PublishAt <= now && current?.Status != ArticleStatus.Scheduled:
                errors.Add("publishAt", "That time is past; publish the article instead.");
                break;
            case ArticleStatus.Published when content.PublishAt > now && current?.Status != ArticleStatus.Published:
                errors.Add("publishAt", "That time is still to come; use the status \"scheduled\".");
                break;
            case ArticleStatus.Published when content.PublishAt > now && current?.PublishAt != content.PublishAt:
                errors.Add("publishAt", "A published article cannot be dated into the future.");
                break;
        }
    }

    private async Task<ArticleId> FindTranslationGroupAsync(
        ArticleId id, Article? current, ArticleContent content, FieldErrors errors, CancellationToken cancellation)
    {
        if (content.TranslationOf is not { } originalId)
        {
            return id;
        }

        var language = content.Language ?? site.Language;
        var original = originalId == id ? null : await articles.FindLivingAsync(originalId, cancellation);
        if (current is not null && current.TranslationOf == originalId && current.Language == language)
        {
            // What was right when it was said does not stand in the way of other changes, nor of the schedule, once the original is gone.
            return original?.Article.TranslationGroup ?? current.TranslationGroup;
        }

        if (original is null)
        {
            errors.Add("translationOf", originalId == id ? "An article cannot translate itself." : "There is no such article.");
            return id;
        }

        if (original.Article.TranslationGroup == id)
        {
            errors.Add("translationOf", "That article is itself a translation of this one.");
        }
        else if (original.Article.Language == language)
        {
            errors.Add("translationOf", "That article is in the same language.");
        }
        else if ((await translations.ListAsync(id, cancellation)).Any(translation => translation.Id != id))
        {
            errors.Add("translationOf", "Other articles translate this one.");
        }

        return original.Article.TranslationGroup;
    }

    // A picture of ours brings its words along, where the editor says nothing else of it.
    private ArticleContent WithWords(ArticleContent content, IReadOnlyDictionary<PictureId, string> pictureWords) =>
        content.Image is { Alt: null } image && ShownPicture.At(image.Url, site.BaseUrl) is { } own && pictureWords.TryGetValue(own.Id, out var alt)
            ? content with { Image = image with { Alt = alt } }
            : content;

    // Null, with the complaint, where the body is like none that an article has.
    private ArticleText? Render(
        ArticleContent content, ArticleDocument? previous, IReadOnlyDictionary<PictureId, string> pictureWords, FieldErrors errors)
    {
        var language = content.Language ?? site.Language;
        if (previous is not null && previous.Text.Body == content.Body && previous.Text.Format == content.Format && previous.Article.Language == language)
        {
            return previous.Text;
        }

        try
        {
            var rendered = ArticleBody.Render(content.Body, content.Format, language, site.BaseUrl, pictureWords);
            return new ArticleText(content.Body, content.Format, rendered.Html, rendered.Excerpt);
        }
        catch (FormatException pathological)
        {
            errors.Add("body", pathological.Message);
            return null;
        }
    }

    // An editor's own slug is taken or not; one made from the title gives way to those before it.
    private async Task<Slug?> ReserveSlugAsync(ArticleId id, Article? current, ArticleContent content, CancellationToken cancellation)
    {
        if (content.Slug is { } wished && (current is null || wished != current.Slug))
        {
            return await slugs.ReserveAsync(wished, id, cancellation) ? wished : null;
        }

        if (current is not null)
        {
            return current.Slug;
        }

        var plain = SlugOf(content, id);
        for (var number = 1; number <= 5; number++)
        {
            var slug = number == 1 ? plain : plain.With(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (await slugs.ReserveAsync(slug, id, cancellation))
            {
                return slug;
            }
        }

        var own = plain.With(id.Value[^12..]);
        return await slugs.ReserveAsync(own, id, cancellation) ? own : null;
    }

    // A title may be all signs.
    private static Slug SlugOf(ArticleContent content, ArticleId id) => Slug.From(content.Title) ?? Slug.Stored("article-" + id.Value[^8..]);

    private Article Compose(
        ArticleId id, int revision, Article? current, ArticleText? currentText, ArticleContent content, ArticleText text, Slug slug, ArticleId translationGroup, DateTimeOffset now)
    {
        var publishAt = content.PublishAt ?? (content.Status == ArticleStatus.Published ? current?.PublishAt ?? now : null);
        var article = new Article
        {
            Id = id,
            Revision = revision,
            Status = content.Status,
            Slug = slug,
            Title = content.Title,
            Summary = content.Summary,
            Language = content.Language ?? site.Language,
            Section = content.Section,
            Tags = content.Tags,
            Author = content.Author,
            Image = content.Image,
            Source = content.Source,
            TranslationOf = content.TranslationOf,
            TranslationGroup = translationGroup,
            PublishAt = publishAt,
            FirstPublishedAt = current?.FirstPublishedAt ?? (content.Status == ArticleStatus.Published ? now : null),
            CreatedAt = current?.CreatedAt ?? now,
            UpdatedAt = now,
            CorrectedAt = current?.CorrectedAt,
            Path = current?.Path,
            FormerPaths = current?.FormerPaths ?? [],
            Announce = content.Announce,
            Newsletter = content.Newsletter,
        };
        if (current?.FirstPublishedAt is not null && SaysSomethingElse(current, currentText, article, text))
        {
            article = article with { CorrectedAt = now };
        }

        return article.IsLive ? WithPath(article) : article;
    }

    private static bool SaysSomethingElse(Article current, ArticleText? currentText, Article article, ArticleText text) =>
        current.Title != article.Title || current.Summary != article.Summary || currentText?.Html != text.Html;

    // Months are those of the newsroom's clock. The path is kept with the article: a later change of time zone moves nothing.
    private Article WithPath(Article article)
    {
        var date = TimeZoneInfo.ConvertTime(article.PublishAt!.Value, site.TimeZone);
        var path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{date:yyyy}/{date:MM}/{article.Slug}");
        if (article.Path is null || article.Path == path)
        {
            return article with { Path = path };
        }

        var former = article.FormerPaths.Where(old => old != path).Append(article.Path).TakeLast(50).ToList();
        return article with { Path = path, FormerPaths = former };
    }

    private Task<Intent> HoldIntentAsync(ArticleId id, int revision, CancellationToken cancellation) =>
        Intent.HoldAsync(queues, ArticleChanged.Queue, new ArticleChanged(id.Value, revision).ToJson(), cancellation);

    // An address that was never published needs no redirect.
    private Task FreeFormerSlugAsync(Article? former, Article article) =>
        former is { Path: null } && former.Slug != article.Slug ? slugs.FreeAsync(former.Slug, article.Id, CancellationToken.None) : Task.CompletedTask;

    // Not when the winner took the same slug for the same article.
    private async Task FreeLostSlugAsync(ArticleId id, Slug slug)
    {
        if (await articles.FindAsync(id, CancellationToken.None) is not { Article: var winner } || winner.Slug != slug)
        {
            await slugs.FreeAsync(slug, id, CancellationToken.None);
        }
    }
}

/// <summary>How saving ended.</summary>
public abstract record SaveOutcome
{
    /// <summary>The revision is made and its page is live, if it has one.</summary>
    public sealed record Saved(StoredArticle Stored, ArticleText Text) : SaveOutcome;

    /// <summary>The content contradicts itself or the publication.</summary>
    public sealed record Rejected(FieldErrors Errors) : SaveOutcome;

    /// <summary>Another article holds the wished slug.</summary>
    public sealed record SlugTaken : SaveOutcome;

    /// <summary>Somebody else changed the article since it was read.</summary>
    public sealed record Changed : SaveOutcome;

    /// <summary>Somebody else changed the article each time that it was tried.</summary>
    public sealed record Busy : SaveOutcome;
}
