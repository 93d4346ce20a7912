using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Newsletters;
using Pressroom.People;

namespace Pressroom.Functions.People;

/// <summary>What is held of a person, by their address: shown to them, and erased.</summary>
[Topic(Topic.People)]
public sealed class PeopleFunctions(Gate gate, IEnumerable<IPersonalData> data)
{
    private static readonly System.Text.Json.JsonSerializerOptions Readable = new()
    {
        // People read what they wrote in their own script.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>GET /people?email=: all that is held of whoever has the address, by feature.</summary>
    [Function("ExportPerson")]
    [Describes(Role.Admin, "Take along all that is held of whoever has an address")]
    [Query("email", "The address.", "amina@example.net", IsRequired = true)]
    [AnswersObject(200, "What is held, by feature.", """{"email": "amina@example.net", "subscription": {"email": "amina@example.net", "state": "confirmed"}}""")]
    [Refuses("invalid-request")]
    public Task<IResult> Export([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "people")] HttpRequest request, CancellationToken cancellation) =>
        AdmitAsync(
            request,
            async address =>
            {
                var all = new JsonObject { ["email"] = address.Value };
                foreach (var feature in data)
                {
                    if (await feature.ExportAsync(address, cancellation) is { } held)
                    {
                        all[feature.Name] = held;
                    }
                }

                return new Answer(200, System.Text.Encoding.UTF8.GetBytes(all.ToJsonString(Readable)));
            },
            cancellation);

    /// <summary>DELETE /people?email=: all of it, for good. Repeating it is no harm, and goes on where it was cut short.</summary>
    [Function("ErasePerson")]
    [Describes(Role.Admin, "Erase all that is held of whoever has an address")]
    [Query("email", "The address.", "amina@example.net", IsRequired = true)]
    [Answers(204, "It is erased.")]
    [Refuses("invalid-request")]
    public Task<IResult> Erase([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "people")] HttpRequest request, CancellationToken cancellation) =>
        AdmitAsync(
            request,
            async address =>
            {
                foreach (var feature in data)
                {
                    await feature.EraseAsync(address, cancellation);
                }

                return new Answer(StatusCodes.Status204NoContent);
            },
            cancellation);

    private Task<IResult> AdmitAsync(HttpRequest request, Func<EmailAddress, Task<Answer>> answer, CancellationToken cancellation) => gate.AdmitAsync(
        request,
        Role.Admin,
        async _ =>
        {
            var errors = new FieldErrors();
            request.Query.RejectUnknown(errors, "email");
            if (!EmailAddress.TryParse(request.Query["email"].ToString(), out var address))
            {
                errors.Add("email", "It is no e-mail address.");
            }

            return errors.Any ? Problems.Invalid(errors) : await answer(address);
        },
        cancellation);
}
