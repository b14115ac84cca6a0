namespace FerrisDB.Tests.Transactions;

/// <summary>What of its own writes a transaction sees, changed by chance.</summary>
internal sealed class ReadYourWritesOptions
{
    private readonly Transaction _transaction;
    private readonly Random _random;
    private readonly bool _isDisabled;

    // Snapshot reads see own writes while this is above 0.
    private int _snapshotLevel = 1;

    /// <param name="transaction">One that has done nothing since it was created or reset.</param>
    /// <param name="random">Decides.</param>
    public ReadYourWritesOptions(Transaction transaction, Random random)
    {
        _transaction = transaction;
        _random = random;
        _isDisabled = random.Next(10) == 0;
        if (_isDisabled)
            transaction.SetOption(TransactionOption.ReadYourWritesDisable);
    }

    /// <summary>Once in a while another option for snapshot reads.</summary>
    public void ChangeSometimes()
    {
        if (_random.Next(20) != 0)
            return;
        var isEnabled = _random.Next(2) == 0;
        _snapshotLevel += isEnabled ? 1 : -1;
        _transaction.SetOption(isEnabled
            ? TransactionOption.SnapshotReadYourWritesEnable
            : TransactionOption.SnapshotReadYourWritesDisable);
    }

    /// <summary>The step, with what it sees if it is taken now.</summary>
    public HistoryStep Note(HistoryStep step) => step with
    {
        IgnoresOwnWrites = _isDisabled || (step is { IsRead: true, IsQuiet: true } && _snapshotLevel <= 0),
    };
}
