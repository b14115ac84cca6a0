namespace FerrisDB.Transactions;

// A grant is a role over one range of keys:
//
//     role               without a prefix                with the prefix p
//     ReadOnly           ["", \xff)                      [p, the first key behind all that begin with p)
//     ReadWrite          ["", \xff)                      the same
//     Admin              all keys, and the server        (there is none)
//
// Without a prefix \xff/metadataVersion belongs to the range too, as in FoundationDB.
//
// Whoever may touch keys of a tenant may find it: look up its number by its name, and whether it is there. Of tenants
// that lie elsewhere he learns nothing, not even that there is none.
//
// A read that goes on beyond the range is answered as far as the range goes, and refused where nothing is left in it.
// So a selector that finds its key within the range works, whatever bound it was looked for up to, and one that would
// find a key outside learns nothing of it.

/// <summary>What a connection may do.</summary>
/// <remarks>Immutable.</remarks>
internal sealed class AccessGrant
{
    private const byte FirstSystemByte = 0xff;

    private readonly byte[] _begin;

    // Null: there is no end.
    private readonly byte[]? _end;

    /// <summary>A grant.</summary>
    /// <param name="holder">Whose it is, for messages.</param>
    /// <param name="role">What it allows.</param>
    /// <param name="prefix">What its keys begin with; empty for all. Not the system's, and not an admin's.</param>
    public AccessGrant(string holder, AccessRole role, byte[] prefix)
    {
        Invariant.That(IsPossible(role, prefix));
        Holder = holder;
        Role = role;
        _begin = prefix;
        _end = role == AccessRole.Admin ? null : EndOf(prefix);
    }

    /// <summary>Of servers that ask nobody who he is.</summary>
    public static AccessGrant Everything { get; } = new("everybody", AccessRole.Admin, []);

    public string Holder { get; }

    public AccessRole Role { get; }

    /// <summary>What its keys begin with.</summary>
    public ReadOnlySpan<byte> Prefix => _begin;

    /// <summary>A prefix is one of users' keys, and admins have none.</summary>
    public static bool IsPossible(AccessRole role, ReadOnlySpan<byte> prefix) =>
        prefix.IsEmpty || (prefix[0] != FirstSystemByte && role != AccessRole.Admin);

    /// <summary>Refuses what admins alone may do.</summary>
    public void CheckAdmin(string what)
    {
        if (Role != AccessRole.Admin)
            throw Denied($"{what} is for admins");
    }

    /// <summary>Refuses what is about all of the database, if only a part of it may be seen.</summary>
    public void CheckWhole(string what)
    {
        if (_begin.Length > 0)
            throw Denied($"{what} is about more than these keys");
    }

    /// <summary>Refuses to write at all.</summary>
    public void CheckWrites()
    {
        if (Role == AccessRole.ReadOnly)
            throw Denied("nothing may be written");
    }

    /// <summary>Refuses to look at a key.</summary>
    public void CheckKey(ReadOnlySpan<byte> key)
    {
        if (!Includes(key) && !IsMetadataVersion(key))
            throw Denied($"{KeyText.Of(key)} is none of them");
    }

    /// <summary>Refuses to read a key: as <see cref="CheckKey"/>, but the entries of tenants may be read too.</summary>
    public void CheckRead(ReadOnlySpan<byte> key)
    {
        if (!Includes(key) && key.StartsWith(TenantKeys.Map) && key.Length == TenantKeys.EntrySize)
            CheckTenant(TenantKeys.Number(key[TenantKeys.Map.Length..], TenantKeys.NoTenant));
        else
            CheckKey(key);
    }

    /// <summary>
    /// True if a key leads from a name to a tenant: then <see cref="CheckTenant"/> decides, by what stands there.
    /// </summary>
    public bool IsNameOfTenant(ReadOnlySpan<byte> key) => _end is not null && key.StartsWith(TenantKeys.Names);

    /// <summary>Refuses to tell about a tenant, or to be told that there is none.</summary>
    /// <param name="id">Its number, if there is one.</param>
    public void CheckTenant(long id)
    {
        if (_begin.Length == 0)
            return;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.TenantsOfOthersAreFound)
            return;
#endif
        var prefix = TenantKeys.Prefix(id).AsSpan();
        if (id == TenantKeys.NoTenant || (!prefix.StartsWith(_begin) && !_begin.AsSpan().StartsWith(prefix)))
            throw Denied("no such tenant is among them");
    }

    /// <summary>Refuses to look at a range; its ends are in order.</summary>
    public void CheckRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if ((!IncludesBound(begin) || !IncludesBound(end)) && !(IsMetadataVersion(begin) && IsNextKey(begin, end)))
            throw Denied($"the range from {From(begin)} to {KeyText.Of(end)} leaves them");
    }

    /// <summary>Refuses a conflict range that is to be written.</summary>
    public void CheckWritten(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        CheckWrites();
        CheckRange(begin, end);
    }

    /// <summary>Refuses a key that is to be written.</summary>
    public void CheckWritten(ReadOnlySpan<byte> key)
    {
        CheckWrites();
        CheckKey(key);
    }

    /// <summary>Refuses a mutation, which is well-formed.</summary>
    public void CheckMutation(MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand)
    {
        if (kind == MutationKind.ClearRange)
        {
            CheckWritten(key, operand);
            return;
        }
        CheckWritten(key);
        // What stands in the gap now is not what will stand there.
        if (kind == MutationKind.SetVersionstampedKey && VersionstampOperand.StampOffset(key) < _begin.Length)
            throw Denied($"the versionstamp of {KeyText.Of(key)} would overwrite their prefix");
    }

    /// <summary>Cuts off what a read may not see of a range.</summary>
    /// <param name="begin">Where it begins.</param>
    /// <param name="end">Where it ends, not before.</param>
    /// <param name="reverse">From its end to its begin.</param>
    /// <returns>True if something was cut off, which the read would come to last.</returns>
    /// <exception cref="FerrisException">What it would come to first may not be seen.</exception>
    public bool Cut(ref ReadOnlySpan<byte> begin, ref ReadOnlySpan<byte> end, bool reverse)
    {
        if (IncludesBound(begin) && IncludesBound(end))
            return false;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.RangesAreNotCut)
            return false;
#endif
        var first = reverse ? end : begin;
        var isLeftAtOnce = reverse ? first.SequenceEqual(_begin) : first.SequenceEqual(_end);
        if (!IncludesBound(first) || isLeftAtOnce)
            throw LeftBehind(first);
        if (reverse)
            begin = _begin;
        else
            end = _end;
        return true;
    }

    /// <summary>The error of a read that has nothing left that it may see.</summary>
    public FerrisException LeftBehind(ReadOnlySpan<byte> from) =>
        Denied($"the read from {From(from)} on leaves them");

    // The key of no bytes is where a read of everything begins, and would be a hole in the sentence.
    private static string From(ReadOnlySpan<byte> key) => key.IsEmpty ? "the first key" : KeyText.Of(key);

    private static byte[] EndOf(byte[] prefix)
    {
        if (prefix.Length == 0)
            return [FirstSystemByte];
        var length = prefix.AsSpan().LastIndexOfAnyExcept(FirstSystemByte) + 1;
        var end = prefix[..length];
        end[^1]++;
        return end;
    }

    private bool Includes(ReadOnlySpan<byte> key) =>
        _end is null || (key.SequenceCompareTo(_begin) >= 0 && key.SequenceCompareTo(_end) < 0);

    private bool IncludesBound(ReadOnlySpan<byte> bound) =>
        _end is null || (bound.SequenceCompareTo(_begin) >= 0 && bound.SequenceCompareTo(_end) <= 0);

    private bool IsMetadataVersion(ReadOnlySpan<byte> key) =>
        _begin.Length == 0 && key is [FirstSystemByte, .. var name] && name.SequenceEqual("/metadataVersion"u8);

    private static bool IsNextKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> next) =>
        next.Length == key.Length + 1 && next[^1] == 0 && next.StartsWith(key);

    private FerrisException Denied(string problem)
    {
        var keys = _end is null ? "all keys"
            : _begin.Length == 0 ? "keys of users"
            : $"keys below {KeyText.Of(_begin)}";
        return new FerrisException(
            ErrorCode.PermissionDenied, $"{Holder} may {Verb} {keys}, and {problem}.");
    }

    private string Verb => Role switch
    {
        AccessRole.ReadOnly => "read",
        AccessRole.ReadWrite => "read and write",
        _ => "do everything with",
    };
}
