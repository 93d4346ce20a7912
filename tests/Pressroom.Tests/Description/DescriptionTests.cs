using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Functions.Description;
using Pressroom.Media;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Description;

/// <summary>The description for itself; <see cref="EveryOperationTests"/> holds what the API does against it.</summary>
public sealed class DescriptionTests
{
    private static readonly SiteSettings Site = new(
        new Uri("https://news.example"), new Uri("https://news.example/api/"), "The News", Language.Parse("en"), TimeZoneInfo.Utc);

    private static readonly OpenIdConnectSettings Issuer = new(
        new Uri("https://login.example/"), "api://pressroom", "groups", new Dictionary<string, Role> { ["News Desk"] = Role.Editor });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_reader_that_is_not_ours_finds_no_fault_in_it()
    {
        var read = OpenApiDocument.Parse(Document().ToJsonString(), "json");
        Assert.Empty(read.Diagnostic!.Errors.Select(error => $"{error.Pointer}: {error.Message}"));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.Equal("https://news.example/api", read.Document!.Servers!.Single().Url);
        Assert.Empty(read.Document.Validate(ValidationRuleSet.GetDefaultRuleSet()));
    }

    [Fact]
    public void All_references_lead_somewhere_and_no_schema_is_unused()
    {
        var root = Document();
        var document = new ApiDocument(root);
        var used = References(root).ToHashSet();
        foreach (var reference in used)
        {
            document.Resolve(new JsonObject { ["$ref"] = reference });
        }

        Assert.Empty(root["components"]!["schemas"]!.AsObject().Select(schema => "#/components/schemas/" + schema.Key).Except(used));
        Assert.Empty(root["components"]!["examples"]!.AsObject().Select(example => "#/components/examples/" + example.Key).Except(used));
    }

    [Fact]
    public void Every_example_is_what_its_schema_says()
    {
        var document = new ApiDocument(Document());
        var complaints = new List<string>();
        foreach (var operation in document.Operations.Values)
        {
            var bodies = operation.Json["responses"]!.AsObject().Select(response => response.Value).Append(operation.Json["requestBody"]);
            foreach (var (type, media) in bodies.SelectMany(body => body?["content"]?.AsObject() ?? []))
            {
                foreach (var example in ExamplesOf(media!, document))
                {
                    complaints.AddRange(document.Complaints(media!["schema"]!, example).Select(complaint => $"{operation.Id} {type} {complaint}"));
                }
            }

            foreach (var parameter in operation.Parameters)
            {
                complaints.AddRange(document.Complaints(parameter["schema"]!, parameter["example"]).Select(complaint => $"{operation.Id} {parameter["name"]} {complaint}"));
            }
        }

        Assert.Empty(complaints);
    }

    [Fact]
    public void Every_json_body_has_an_example()
    {
        var bodies = from operation in new ApiDocument(Document()).Operations.Values
                     from body in operation.Json["responses"]!.AsObject().Select(response => response.Value).Append(operation.Json["requestBody"])
                     from media in body?["content"]?.AsObject() ?? []
                     where media.Key.EndsWith("json", StringComparison.Ordinal) && media.Value!["example"] is null && media.Value["examples"] is null
                     select operation.Id;
        Assert.Empty(bodies);
    }

    [Fact]
    public void Every_field_has_a_type()
    {
        var untyped = from schema in Document()["components"]!["schemas"]!.AsObject()
                      from field in schema.Value!["properties"]?.AsObject() ?? []
                      where field.Value!["type"] is null && field.Value["$ref"] is null && field.Value["anyOf"] is null && field.Value["contentMediaType"] is null
                      select $"{schema.Key}.{field.Key}";
        Assert.Empty(untyped);
    }

    [Theory]
    [InlineData("""{"id":"a"}""", "PropertyRequired")]
    [InlineData("""{"id":"a","outcome":"approved","more":1}""", "NoAdditionalPropertiesAllowed")]
    [InlineData("""{"id":1,"outcome":"approved"}""", "StringExpected")]
    [InlineData("""{"id":"a","outcome":"guessed"}""", "NotInEnumeration")]
    [InlineData("""{"id":null,"outcome":"approved"}""", "StringExpected")]
    public void An_answer_that_is_not_as_described_is_found_out(string answer, string complaint) =>
        Assert.Contains(complaint, string.Join('\n', new ApiDocument(Document()).Complaints(Schemas.ReferenceTo("CommentOutcome"), JsonNode.Parse(answer))), StringComparison.Ordinal);

    [Fact]
    public void A_picture_is_taken_as_bytes_of_the_types_that_are_read()
    {
        var upload = new ApiDocument(Document()).Operations["uploadMedia"];
        Assert.Equal(["multipart/form-data", "image/*"], upload.Json["requestBody"]!["content"]!.AsObject().Select(body => body.Key));
        var types = (string)upload.Body("multipart/form-data")!["encoding"]!["file"]!["contentType"]!;
        Assert.Equal(Enum.GetValues<PictureType>().Select(type => type.MediaType()), types.Split(", "));
    }

    [Fact]
    public void An_issuer_vouches_for_whoever_needs_a_role_and_may_be_out_of_order()
    {
        var root = Document();
        var person = root["components"]!["securitySchemes"]!["person"]!;
        Assert.Equal("https://login.example/.well-known/openid-configuration", (string)person["openIdConnectUrl"]!);
        Assert.Contains("Its claim `groups` names the person’s roles: `News Desk` for `editor`.", (string)person["description"]!, StringComparison.Ordinal);
        foreach (var operation in new ApiDocument(root).Operations.Values)
        {
            Assert.Equal(operation.Role is null ? [] : ["token", "person"], SchemesOf(operation));
            Assert.Equal(operation.Role is not null, operation.Problems.Contains("unavailable"));
        }

        foreach (var operation in new ApiDocument(Document(null)).Operations.Values)
        {
            Assert.Equal(operation.Role is null ? [] : ["token"], SchemesOf(operation));
            Assert.DoesNotContain("unavailable", operation.Problems);
        }

        static IEnumerable<string> SchemesOf(ApiOperation operation) => operation.Json["security"]!.AsArray().Select(scheme => scheme!.AsObject().Single().Key);
    }

    [Fact]
    public void A_call_that_is_not_described_stops_the_description_by_its_name()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => ApiDescription.Make(Site, null, [typeof(Undescribed)]));
        Assert.Contains("'DoSomething' has no [Describes…]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_answered_once_and_then_known()
    {
        await using var newsroom = await Newsroom.OpenAsync("--Site:Title=Le Rivage");
        using var first = await newsroom.Reader.GetAsync("/api/openapi.json", Stop);
        Assert.Equal("*", first.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.StartsWith("Le Rivage", (string)JsonNode.Parse(await first.Content.ReadAsStringAsync(Stop))!["info"]!["title"]!, StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/openapi.json");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await newsroom.Reader.SendAsync(again, Stop)).StatusCode);
    }

    [Fact]
    public async Task The_page_names_nothing_on_another_host_and_its_scripts_can_be_kept()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        using var page = await newsroom.Reader.GetAsync("/api/docs", Stop);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync(Stop);
        Assert.DoesNotContain("//", html, StringComparison.Ordinal);
        foreach (var file in html.Split('"').Where(part => part.StartsWith("docs/", StringComparison.Ordinal)))
        {
            using var plain = await newsroom.Reader.GetAsync("/api/" + file, Stop);
            Assert.Contains("immutable", plain.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            Assert.Contains("createApiReference", await plain.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);

            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/" + file);
            request.Headers.AcceptEncoding.ParseAdd("gzip, br");
            using var compressed = await newsroom.Reader.SendAsync(request, Stop);
            Assert.Equal(["gzip"], compressed.Content.Headers.ContentEncoding);

            using var known = new HttpRequestMessage(HttpMethod.Get, "/api/" + file);
            known.Headers.IfNoneMatch.Add(plain.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await newsroom.Reader.SendAsync(known, Stop)).StatusCode);
        }
    }

    private static JsonObject Document() => Document(Issuer);

    private static JsonObject Document(OpenIdConnectSettings? issuer) => ApiDescription.Make(Site, issuer, typeof(FunctionAttribute).Assembly.GetExportedTypes());

    private static IEnumerable<JsonNode?> ExamplesOf(JsonNode media, ApiDocument document) => media["example"] is { } example
        ? [example]
        : media["examples"]?.AsObject().Select(named => document.Resolve(named.Value!)["value"]) ?? [];

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(field => field.Key == "$ref" ? [(string)field.Value!] : References(field.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    [Topic(Topic.Service)]
    private sealed class Undescribed
    {
        [Function("DoSomething")]
        public static IResult DoSomething([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "something")] HttpRequest request) => Results.Ok(request);
    }
}
