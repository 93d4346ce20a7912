using System.Reflection;

namespace Pressroom.Functions.Description;

/// <summary>A trigger with what is declared on it.</summary>
internal sealed record Call(
    string Name, string Route, Topic Topic, DescribesAttribute Description, IReadOnlyList<TakesAttribute> Bodies,
    IReadOnlyList<AnswersAttribute> Answers, IReadOnlyList<QueryAttribute> Query, IReadOnlyList<HeaderAttribute> Headers, bool IsOnce, bool IsPaged,
    bool IsUnlimited, IfMatchAttribute? IfMatch, IReadOnlyList<string> Problems)
{
    public static Call Of(MethodInfo method, string name, string route)
    {
        var isMailed = method.IsDefined(typeof(MailedLinkAttribute));
        var call = new Call(
            name,
            route,
            method.DeclaringType!.GetCustomAttribute<TopicAttribute>()?.Topic ?? throw Lacks("Topic", method.DeclaringType!.Name),
            method.GetCustomAttribute<DescribesAttribute>() ?? throw Lacks("Describes", name),
            [.. method.GetCustomAttributes<TakesAttribute>()],
            [.. method.GetCustomAttributes<AnswersAttribute>(), .. isMailed ? [MailedLinkAttribute.Refusal] : Array.Empty<AnswersAttribute>()],
            [.. isMailed ? [MailedLinkAttribute.Token] : Array.Empty<QueryAttribute>(), .. method.GetCustomAttributes<QueryAttribute>()],
            [.. method.GetCustomAttributes<HeaderAttribute>()],
            method.IsDefined(typeof(OnceAttribute)),
            method.IsDefined(typeof(PagedAttribute)),
            method.IsDefined(typeof(UnlimitedAttribute)),
            method.GetCustomAttribute<IfMatchAttribute>(),
            method.GetCustomAttribute<RefusesAttribute>()?.Problems ?? []);
        return call.Answers.Count > 0 ? call : throw Lacks("Answers", name);
    }

    private static InvalidOperationException Lacks(string attribute, string name) => new($"'{name}' has no [{attribute}…]: every call is described where it is.");
}
