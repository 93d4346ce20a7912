using Microsoft.Extensions.Configuration;
using Pressroom.Comments;

namespace Pressroom.Tests.Comments;

public sealed class CommentSettingsTests
{
    [Fact]
    public void Comments_are_all_moderated_and_stay_open_unless_the_operator_says_otherwise()
    {
        Assert.Equal(new CommentSettings(ModerationPolicy.All, 0, 20, 1_000), Read().Comments);
        Assert.Equal(
            new CommentSettings(ModerationPolicy.First, 30, 5, 0),
            Read(("Comments:Moderation", "First"), ("Comments:CloseAfterDays", "30"), ("Comments:LimitPerPrefix", "5"), ("Comments:LimitPerArticle", "0")).Comments);
    }

    [Theory]
    [InlineData("Comments:Moderation", "some", "Comments__Moderation is none of all, first, none.")]
    [InlineData("Comments:CloseAfterDays", "-1", "Comments__CloseAfterDays is no number from 0 to 36500.")]
    [InlineData("Comments:LimitPerPrefix", "many", "Comments__LimitPerPrefix is no number")]
    public void A_wrong_setting_is_named(string key, string value, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<SettingException>(() => Read((key, value))).Message, StringComparison.Ordinal);

    private static Settings Read(params (string Key, string Value)[] settings) =>
        Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build());
}
