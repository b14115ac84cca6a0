using System.Buffers;

namespace FerrisDB.Transactions;

// Whether a tenant exists is decided in the order of commits, like a conflict: a transaction of a tenant commits if the
// tenant is there at its turn. Whoever deletes a tenant has read that it is empty; so of the two either the delete
// comes first, and the other finds no tenant, or it comes second, and conflicts.
//
// The mode is a field, looked up again only after somebody has written a key of the system. A transaction outside of
// tenants pays for two comparisons.

/// <summary>Which transactions may commit where there are tenants.</summary>
/// <remarks>For the deciding thread, but for what says otherwise.</remarks>
internal sealed class TenantRules
{
    private const byte FirstSystemByte = 0xff;

    private readonly StorageServer _storage;
    private readonly ArrayBufferWriter<byte> _value = new();
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _published = new(); // under the gate
    private TenantMode _mode;
    private bool _isStale;
    private long _lastChange;
    private volatile bool _areRequired;

    public TenantRules(StorageServer storage)
    {
        _storage = storage;
        _lastChange = storage.LastVersion;
        Refresh();
        Published(mayHaveChanged: true);
    }

    /// <summary>
    /// The last version that may have changed which tenants there are. By any thread: whoever can read at a version
    /// knows about all changes up to there.
    /// </summary>
    public long LastChange => Volatile.Read(ref _lastChange);

    /// <summary>
    /// Whether nobody may read outside of all tenants without raw access. By any thread: it is so for whoever asks
    /// after a commit that made it so was answered.
    /// </summary>
    public bool AreRequired => _areRequired;

    /// <summary>The error of a transaction outside of all tenants where they are required.</summary>
    public static FerrisException NameRequired() => new(
        ErrorCode.TenantNameRequired,
        "All transactions of this database belong to a tenant: see Database.OpenTenant, and for those that do not "
            + "TransactionOption.RawAccess.");

    /// <summary>Refuses a transaction at its turn.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.TenantNotFound"/>, <see cref="ErrorCode.TenantNameRequired"/>.
    /// </exception>
    public void Check(CommitTransaction transaction)
    {
        if (_isStale)
            Refresh();
        if (transaction.TenantId != TenantKeys.NoTenant)
            CheckExists(transaction.TenantId);
        else if (_mode == TenantMode.Required && !transaction.HasRawAccess)
            throw NameRequired();
    }

    /// <summary>Notes what a transaction changes that is going to be committed.</summary>
    public void Note(CommitTransaction transaction)
    {
        if (transaction.WritesSystem)
            Note(transaction.Version);
    }

    /// <summary>
    /// By any thread: a transaction was committed. Before anybody is told, what it did to the mode is known.
    /// </summary>
    public void Published(bool mayHaveChanged)
    {
        if (!mayHaveChanged)
            return;
        // Under the gate the later of two looks is the one that stays.
        lock (_gate)
        {
            _published.ResetWrittenCount();
            _areRequired = _storage.TryGetApplied(TenantKeys.Mode, _published)
                && TenantKeys.ModeOf(_published.WrittenSpan) == TenantMode.Required;
        }
    }

    /// <summary>Refuses tables, which belong to no tenant, at their turn.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TenantNameRequired"/>.</exception>
    public void CheckTables()
    {
        if (_isStale)
            Refresh();
        if (_mode == TenantMode.Required)
            throw NameRequired();
    }

    /// <summary>Notes that tables which end before a key are going to be there from a version on.</summary>
    public void Note(ReadOnlySpan<byte> end, long version)
    {
        if (end is [FirstSystemByte, ..])
            Note(version);
    }

    /// <summary>The error of whoever waits for something in a tenant that has been deleted.</summary>
    public static FerrisException Removed(string what) => new(
        ErrorCode.TenantRemoved, $"The tenant {what} was deleted while the watch was waiting.");

    /// <summary>The error of a tenant that is not there.</summary>
    public static FerrisException NotFound(string what) => new(
        ErrorCode.TenantNotFound, $"There is no tenant {what}: it was not created, or has been deleted.");

    private void CheckExists(long id)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.DeletedTenantsAreWritten)
            return;
#endif
        if (!TryRead(TenantKeys.Entry(id)))
            throw NotFound($"with the number {id}");
    }

    private void Note(long version)
    {
        _isStale = true;
        Volatile.Write(ref _lastChange, version);
    }

    private void Refresh()
    {
        _mode = TryRead(TenantKeys.Mode) ? TenantKeys.ModeOf(_value.WrittenSpan) : TenantMode.Disabled;
        _isStale = false;
    }

    private bool TryRead(ReadOnlySpan<byte> key)
    {
        _value.ResetWrittenCount();
        return _storage.TryGetApplied(key, _value);
    }
}
