using Pressroom.Comments;
using Pressroom.Comments.Thread;
using Pressroom.Site.Pages;
using Pressroom.Tests.Site;

namespace Pressroom.Tests.Comments.Thread;

/// <summary>Comments whose id is their number and whose age is their order.</summary>
internal static class CommentSamples
{
    public static CommentId Id(int number) => CommentId.Parse($"0193574bf0c87a2e9d3f{number:x12}");

    public static PublishedComment Comment(int number, int? parent = null, string name = "Amina", string text = "Un mot.")
    {
        var rendered = CommentText.Render(text, Samples.French);
        return new PublishedComment(Id(number), parent is { } answered ? Id(answered) : null, name, rendered.Html, rendered.Language, Samples.Morning.AddMinutes(number));
    }

    public static ArticleComments All(params PublishedComment[] comments) => new(new CommentPlaces(comments), AreOpen: true);

    /// <summary>A conversation in three languages and more levels than a page shows.</summary>
    public static readonly PublishedComment[] Conversation =
    [
        Comment(1, null, "Salah", "« On attendait *ce jour* depuis le printemps. »\nEt **nous** donc !\n\nVoir https://agence.example/rapport."),
        Comment(2, 1, "ليلى", "شكرًا على المقال. Facebook كان أسرع، لكنكم كنتم أدقّ."),
        Comment(3, 2, "Jo & <Jo>", "> شكرًا على المقال\n\nQuite so, and that is what I have been saying in these pages for years: `a < b`."),
        Comment(4, 3, "Amina", "Répondre à une réponse d’une réponse.\n\n```\nune ligne\n```"),
        Comment(5, 4, "Salah", "Et encore plus loin."),
        Comment(6, 99, "Ne répond à personne", "Celui à qui je répondais n’est plus là."),
    ];
}
