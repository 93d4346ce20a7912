using Pressroom.Articles;
using Pressroom.Site.Lists;

namespace Pressroom.Site.Pages;

/// <summary>One page of a list, with all that it shows.</summary>
/// <param name="List">Which list.</param>
/// <param name="Heading">The section's, tag's or author's name as written; a language's tag; empty for home.</param>
/// <param name="Month">The month that an archive page shows; null for the head page, which shows the newest.</param>
/// <param name="Path">The page's own path: <c>section/politics/</c>, <c>archive/2026/11/</c>; empty for home.</param>
/// <param name="NewerPath">The page of the next newer articles, where there is one.</param>
/// <param name="OlderPath">The page of the next older articles, where there is one.</param>
/// <param name="Language">The language of the page's own words: the site's, or that of a language's list.</param>
/// <param name="Author">The author's record, on an author's pages where there is one.</param>
/// <param name="Articles">Newest first.</param>
public sealed record ListView(
    ListKey List, string Heading, DateOnly? Month, string Path, string? NewerPath, string? OlderPath,
    Language Language, Author? Author, IReadOnlyList<ListedArticle> Articles);
