namespace FerrisDB.Testing;

/// <summary>Which of the next commits, or reads, fail: first the planned ones, then by chance.</summary>
internal sealed class FaultPlan
{
    private readonly Queue<Fault> _next = new();
    private double _probability;
    private Random? _chance;
    private Fault _byChance;

    public void Add(Fault fault, int times)
    {
        for (var time = 0; time < times; time++)
            _next.Enqueue(fault);
    }

    public void Set(double probability, Random chance, Fault fault)
    {
        _probability = probability;
        _chance = chance;
        _byChance = fault;
    }

    public Fault? Next()
    {
        if (_next.TryDequeue(out var fault))
            return fault;
        return _chance is not null && _chance.NextDouble() < _probability ? _byChance : null;
    }

    public void Clear()
    {
        _next.Clear();
        _chance = null;
    }
}
