using Microsoft.AspNetCore.Http;
using Pressroom.Articles;

namespace Pressroom.Functions.Http;

/// <summary>What a query filters a list by. Each filter is null where the query does not have it, and a complaint where it is wrong.</summary>
internal static class Filters
{
    /// <summary>One of the words that a list knows.</summary>
    public static T? Choice<T>(this IQueryCollection query, string name, FieldErrors errors, params IReadOnlyList<(string Word, T Value)> choices)
        where T : struct
    {
        var word = query[name].ToString();
        foreach (var choice in choices.Where(choice => choice.Word == word))
        {
            return choice.Value;
        }

        if (word.Length > 0)
        {
            errors.Add(name, $"It must be one of: {string.Join(", ", choices.Select(choice => choice.Word))}.");
        }

        return null;
    }

    /// <summary>A language.</summary>
    public static Language? Language(this IQueryCollection query, string name, FieldErrors errors)
    {
        var tag = query[name].ToString();
        if (Pressroom.Articles.Language.TryParse(tag, out var language))
        {
            return language;
        }

        if (tag.Length > 0)
        {
            errors.Add(name, Fields.NoLanguage);
        }

        return null;
    }

    /// <summary>A name that has a slug.</summary>
    public static string? Name(this IQueryCollection query, string name, FieldErrors errors)
    {
        var text = query[name].ToString();
        if (text.Length > 0 && Slug.From(text) is null)
        {
            errors.Add(name, "It needs a letter or digit.");
        }

        return text.Length == 0 ? null : text;
    }

    /// <summary>Complains of every parameter that is none of the known ones.</summary>
    public static void RejectUnknown(this IQueryCollection query, FieldErrors errors, params IReadOnlyCollection<string> known)
    {
        foreach (var name in query.Keys.Except(known, StringComparer.OrdinalIgnoreCase))
        {
            errors.Add(name, Fields.Unknown("parameter", known));
        }
    }
}
