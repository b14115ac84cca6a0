namespace FerrisDB.Transactions;

/// <summary>Tells of keys of the system that a transaction writes: those are an admin's doing.</summary>
internal static class SystemWrites
{
    private const byte FirstSystemByte = 0xff;

    /// <summary>Tells of the first one, and how many there are.</summary>
    public static void Tell(MutationList mutations, Action<string, string> audit)
    {
        var count = 0;
        var first = "";
        for (var index = 0; index < mutations.Count; index++)
        {
            var mutation = mutations[index];
            var touches = mutation.Kind == MutationKind.ClearRange
                ? mutation.Operand is [FirstSystemByte, _, ..]
                : mutation.Key is [FirstSystemByte, ..];
            if (!touches)
                continue;
            if (count++ == 0)
                first = $"{mutation.Kind} {KeyText.Of(mutation.Key)}";
        }
        if (count > 0)
            audit("write-system-keys", count == 1 ? first : $"{first} and {count - 1} more");
    }
}
