using System.Text;
using System.Xml.Linq;
using CodeHollow.FeedReader;
using CodeHollow.FeedReader.Feeds;
using Pressroom.Comments;
using Pressroom.Comments.Thread;
using Pressroom.Tests.Comments.Thread;

namespace Pressroom.Tests.Site.Feeds;

public sealed class CommentFeedTests
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private static readonly XNamespace Threading = "http://purl.org/syndication/thread/1.0";

    [Fact]
    public void Comments_as_a_feed() => Golden.Matches("comments.xml", Feed(CommentSamples.Conversation));

    [Fact]
    public void A_feed_reader_reads_it()
    {
        var feed = FeedReader.ReadFromByteArray(Feed(CommentSamples.Conversation));

        Assert.Equal(FeedType.Atom, feed.Type);
        Assert.Equal("Commentaires sur « Hôpitaux : le plan du littoral »", feed.Title.Replace('\u00A0', ' '));
        Assert.Equal(6, feed.Items.Count);
        var oldest = Assert.IsType<AtomFeedItem>(feed.Items.Last().SpecificItem);
        Assert.Equal("Salah", oldest.Author.Name);
        Assert.Equal("urn:uuid:0193574b-f0c8-7a2e-9d3f-000000000001", oldest.Id);
        Assert.Equal("https://example.org/2026/11/hopitaux-le-plan-du-littoral/#comment-0193574bf0c87a2e9d3f000000000001", feed.Items.Last().Link);
        Assert.Equal("Commentaire signé Jo & <Jo>", feed.Items.ElementAt(3).Title);
    }

    [Fact]
    public void Each_comment_says_what_it_answers()
    {
        var feed = Read(Feed(CommentSamples.Conversation));
        var answers = feed.Elements(Atom + "entry").Select(entry => entry.Element(Threading + "in-reply-to")!).Reverse().ToList();

        // The article, for a comment that answers no other or none that is there.
        Assert.Equal("112341", string.Concat(answers.Select(answer => answer.Attribute("ref")!.Value[^1])));
        Assert.Equal(
            ["https://example.org/2026/11/hopitaux-le-plan-du-littoral/", "https://example.org/2026/11/hopitaux-le-plan-du-littoral/#comment-0193574bf0c87a2e9d3f000000000001"],
            answers.Take(2).Select(answer => answer.Attribute("href")!.Value));
    }

    [Fact]
    public void It_holds_the_newest_fifty_wherever_they_are_read()
    {
        var feed = Read(Feed([.. Enumerable.Range(0, 130).Select(number => CommentSamples.Comment(number, number == 129 ? 0 : null))]));
        var entries = feed.Elements(Atom + "entry").ToList();

        Assert.Equal(50, entries.Count);
        Assert.Equal("2026-11-24T10:39:00Z", feed.Element(Atom + "updated")!.Value);
        Assert.EndsWith("/comments/1/#" + CommentPlaces.AnchorOf(CommentSamples.Id(129)), entries[0].Element(Atom + "link")!.Attribute("href")!.Value, StringComparison.Ordinal);
        Assert.EndsWith("littoral/#" + CommentPlaces.AnchorOf(CommentSamples.Id(128)), entries[1].Element(Atom + "link")!.Attribute("href")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_are_names()
    {
        var feed = Read(Feed([CommentSamples.Comment(1, null, "</name>]]>\u0001&<script>")]));

        Assert.Equal("</name>]]>&<script>", feed.Descendants(Atom + "name").Single().Value);
    }

    private static XElement Read(byte[] feed) => XDocument.Parse(Encoding.UTF8.GetString(feed)).Root!;

    private static byte[] Feed(params PublishedComment[] comments) => Samples.Pages.CommentFeed(Samples.FrenchArticle().Article, new CommentPlaces(comments));
}
