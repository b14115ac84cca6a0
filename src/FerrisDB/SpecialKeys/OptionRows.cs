using System.Globalization;
using System.Text;

namespace FerrisDB;

/// <summary>The options in force as rows, by FoundationDB's names.</summary>
internal static class OptionRows
{
    public static List<SpecialRow> Read(TransactionContext context, byte[] prefix)
    {
        var settings = context.Settings;
        List<SpecialRow> rows = [];
        AddFlag("access_system_keys", settings.CanWriteSystemKeys);
        AddFlag("bypass_unreadable", settings.BypassesUnreadable);
        AddFlag("lock_aware", settings.IsLockAware);
        AddNumber("max_retry_delay", settings.MaxRetryDelayMs);
        AddFlag("read_lock_aware", settings.IsReadLockAware);
        AddFlag("read_system_keys", settings.CanReadSystemKeys);
        AddFlag("read_your_writes_disable", settings.IsReadYourWritesDisabled);
        AddFlag("report_conflicting_keys", settings.ReportsConflictingKeys);
        AddNumber("retry_limit", settings.RetryLimit);
        AddNumber("size_limit", settings.SizeLimitBytes);
        AddFlag("snapshot_ryw_disable", settings.SnapshotReadYourWrites <= 0);
        AddFlag("special_key_space_enable_writes", settings.CanWriteSpecialKeys);
        AddFlag("special_key_space_relaxed", settings.IsSpecialRelaxed);
        AddNumber("timeout", settings.TimeoutMs);
        AddFlag("used_during_commit_protection_disable", settings.IsProtectionDisabled);
        return rows;

        void AddFlag(string name, bool isSet)
        {
            if (isSet)
                Add(name, "1");
        }

        void AddNumber(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

        void Add(string name, string value) => rows.Add(
            new SpecialRow([.. prefix, .. Encoding.UTF8.GetBytes(name)], Encoding.UTF8.GetBytes(value)));
    }
}
