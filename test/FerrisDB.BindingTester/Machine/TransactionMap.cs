using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>The transactions of all machines of a run, by name. Thread-safe.</summary>
internal sealed class TransactionMap(Database database) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TupleValue, Transaction> _byName = [];

    // What was replaced may still have reads under way, whose results lie on a stack.
    private readonly List<Transaction> _all = [];

    public Transaction this[TupleValue name]
    {
        get
        {
            lock (_gate)
                return _byName[name];
        }
    }

    /// <summary>Puts a new transaction in the place of the one of that name.</summary>
    public void Renew(TupleValue name, Tenant? tenant)
    {
        lock (_gate)
            Add(name, tenant);
    }

    /// <summary>Makes sure that there is a transaction of that name.</summary>
    public void Ensure(TupleValue name, Tenant? tenant)
    {
        lock (_gate)
        {
            if (!_byName.ContainsKey(name))
                Add(name, tenant);
        }
    }

    public void Dispose() => _all.ForEach(transaction => transaction.Dispose());

    private void Add(TupleValue name, Tenant? tenant)
    {
        var transaction = tenant?.CreateTransaction() ?? database.CreateTransaction();
        _byName[name] = transaction;
        _all.Add(transaction);
    }
}
