using Microsoft.AspNetCore.Http;
using Pressroom.Articles;

namespace Pressroom.Functions.Http;

/// <summary>The language in which a page of the API answers a reader.</summary>
internal static class ReaderLanguage
{
    /// <summary>What the address asks for; else the first language of the browser; else the site's.</summary>
    public static Language Of(HttpRequest request, SiteSettings site)
    {
        var first = request.Headers.AcceptLanguage.ToString().Split(',', ';')[0].Trim();
        return Language.TryParse(request.Query["language"].ToString(), out var asked) ? asked
            : Language.TryParse(first, out var preferred) ? preferred
            : site.Language;
    }
}
