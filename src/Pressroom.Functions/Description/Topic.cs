using System.ComponentModel;

namespace Pressroom.Functions.Description;

/// <summary>The features of the API, in the order in which they are described.</summary>
internal enum Topic
{
    [Description("Writing, publishing and taking back; history and previews.")]
    Articles,

    [Description("What the site says of those who write.")]
    Authors,

    [Description("Uploading pictures, and what is said of them.")]
    Media,

    [Description("Who was told of an article, and how that ended; the channels; messages that failed every time.")]
    Deliveries,

    [Description("Issues of the newsletter: written by hand, made from articles, or gathered in digests.")]
    Newsletters,

    [Description("Who gets the newsletter. Readers come and go by mailed links; administrators import and export.")]
    Subscribers,

    [Description("What readers write below articles, and where the mails about it lead.")]
    Comments,

    [Description("Deciding on comments, by token or by a mailed link; bans.")]
    Moderation,

    [Description("What is held of a person, by their address.")]
    People,

    [Description("Who may call this API.")]
    Tokens,

    [Description("The whole publication as one archive, out of one storage and into another.")]
    Backup,

    [Description("What other services call.")]
    Webhooks,

    [Description("Whether the backend works, and this description.")]
    Service,
}
