using System.Buffers;
using System.Text.Json;

namespace FerrisDB;

/// <summary>The tenants as special keys: a JSON document for each, as FoundationDB writes it.</summary>
internal static class TenantRows
{
    private const int PageRowsMax = 10_000;
    private const int PageBytes = 1 << 20;

    /// <summary>The tenants that a range of special keys can be about.</summary>
    public static async ValueTask<IReadOnlyList<SpecialRow>> ReadAsync(
        TransactionContext context, ReadPoint at, PageRequest request)
    {
        var cluster = context.Cluster;
        // Selectors that count keys may lead anywhere.
        var isPlain = request.Begin.IsKeyItself && request.End.IsKeyItself;
        var begin = isPlain ? KeyOf(request.Begin.Key) : TenantKeys.Names;
        var end = isPlain ? KeyOf(request.End.Key) : TenantKeys.NamesEnd;
        var wanted = isPlain && request.Limits.RowsMax < int.MaxValue ? request.Limits.RowsMax + 1 : int.MaxValue;
        List<SpecialRow> tenants = [];
        var rows = new RowBuffer();
        for (var more = true; more && tenants.Count < wanted && begin.AsSpan().SequenceCompareTo(end) < 0;)
        {
            rows.Clear();
            var asked = Math.Min(wanted - tenants.Count, PageRowsMax);
            more = await cluster.GetRangeAsync(
                new RangeRequest(begin, end, asked, PageBytes, request.Reverse, KeysOnly: false), at, rows);
            for (var index = 0; index < rows.Count; index++)
                tenants.Add(Row(rows.Key(index)[TenantKeys.Names.Length..], rows.Value(index)));
            if (rows.Count == 0)
                continue;
            var last = rows.Key(rows.Count - 1);
            if (request.Reverse)
                end = last.ToArray();
            else
                begin = [.. last, 0];
        }
        if (request.Reverse)
            tenants.Reverse();
        return tenants;
    }

    // Where a special key lies among the names.
    private static byte[] KeyOf(byte[] special)
    {
        var prefix = SpecialKeySpace.TenantsBegin;
        if (special.AsSpan().StartsWith(prefix))
            return TenantKeys.Name(special.AsSpan(prefix.Length));
        return special.AsSpan().SequenceCompareTo(prefix) < 0 ? TenantKeys.Names : TenantKeys.NamesEnd;
    }

    private static SpecialRow Row(ReadOnlySpan<byte> name, ReadOnlySpan<byte> number)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("id", TenantKeys.Number(number, TenantKeys.NoTenant));
            json.WriteString("lock_state", "unlocked");
            WriteBytes(json, "name", name);
            WriteBytes(json, "prefix", number);
            json.WriteString("tenant_state", "ready");
            json.WriteEndObject();
        }
        return new SpecialRow([.. SpecialKeySpace.TenantsBegin, .. name], buffer.WrittenSpan.ToArray());
    }

    private static void WriteBytes(Utf8JsonWriter json, string property, ReadOnlySpan<byte> bytes)
    {
        json.WriteStartObject(property);
        json.WriteBase64String("base64", bytes);
        json.WriteString("printable", KeyText.Of(bytes));
        json.WriteEndObject();
    }
}
