using System.Diagnostics;
using OpenTelemetry;

namespace Pressroom.Functions.Telemetry;

/// <summary>Takes out of spans what may be a secret of their addresses: a webhook's path, a token in it, a signed link's query. Of a call to
/// others scheme and host stay, of a call from others the path.</summary>
internal sealed class RedactAddresses : BaseProcessor<Activity>
{
    private const string Address = "url.full";
    private const string Query = "url.query";

    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem(Address) is string address)
        {
            data.SetTag(Address, Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"{uri.Scheme}://{uri.Authority}" : null);
        }

        if (data.GetTagItem(Query) is not null)
        {
            data.SetTag(Query, null);
        }
    }
}
