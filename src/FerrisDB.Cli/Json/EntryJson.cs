namespace FerrisDB.Cli;

/// <summary>A key and its value, if it has one.</summary>
internal sealed record EntryJson(string Key, string? KeyBase64, bool Found, string? Value, string? ValueBase64)
{
    public static EntryJson Of(byte[] key, byte[]? value)
    {
        var (keyText, keyBase64) = JsonBytes.Of(key);
        var (valueText, valueBase64) = value is null ? (null, null) : JsonBytes.Of(value);
        return new EntryJson(keyText, keyBase64, value is not null, valueText, valueBase64);
    }
}
