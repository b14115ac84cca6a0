namespace FerrisDB.Tests.Transactions;

/// <summary>What is wrong with a call about special keys, of those that <see cref="FuzzArguments"/> chooses.</summary>
internal static class FuzzSpecialKeys
{
    private static readonly byte[] Status = [0xff, 0xff, .. "/status/json"u8];
    private static readonly byte[] ReadConflicts = [0xff, 0xff, .. "/transaction/read_conflict_range/"u8];
    private static readonly byte[] TenantMap = [0xff, 0xff, .. "/management/tenant/map/"u8];
    private static readonly byte[] TenantMapEnd = [0xff, 0xff, .. "/management/tenant/map0"u8];

    public static List<ErrorCode> GetErrors(FuzzOptions options, byte[] key) =>
        key.Length == 2 || IsModule(key) || options.Has(TransactionOption.SpecialKeySpaceRelaxed)
            ? []
            : [ErrorCode.SpecialKeysNoModuleFound];

    public static List<ErrorCode> PageErrors(FuzzOptions options, byte[] begin, byte[] end)
    {
        if (options.Has(TransactionOption.SpecialKeySpaceRelaxed) || (IsModule(begin) && begin.SequenceEqual(end)))
            return [];
        return [ErrorCode.SpecialKeysCrossModuleRead, ErrorCode.SpecialKeysNoModuleFound];
    }

    public static List<ErrorCode> WriteErrors(FuzzOptions options, byte[] begin, byte[] end)
    {
        if (!options.Has(TransactionOption.SpecialKeySpaceEnableWrites))
            return [ErrorCode.SpecialKeysWriteDisabled];
        return begin.SequenceEqual(TenantMap) && end.SequenceEqual(TenantMapEnd)
            ? []
            : [ErrorCode.SpecialKeysNoWriteModuleFound, ErrorCode.SpecialKeysCrossModuleClear];
    }

    private static bool IsModule(byte[] key) => key.SequenceEqual(Status) || key.SequenceEqual(ReadConflicts);
}
