namespace FerrisDB.Bench;

/// <summary>A named load: what it needs, the loop that is timed and what is checked after it.</summary>
/// <remarks>One instance serves all threads of a cell; what a thread changes lives in its <see
/// cref="Worker"/>.</remarks>
internal abstract class Workload(string name, string summary)
{
    protected const int TimedSeldom = 8;

    /// <summary>db_bench's or YCSB's name for it.</summary>
    public string Name => name;

    /// <summary>What one operation is, for the report.</summary>
    public string Summary => summary;

    public virtual DatabaseNeed Database => DatabaseNeed.Empty;

    /// <summary>Whether every write waits for the disk, whatever durability the run has otherwise.</summary>
    public virtual bool Synced => false;

    /// <summary>
    /// Every n-th call is timed. Reads that take a microsecond are timed seldom: the stamp would be felt.
    /// </summary>
    public virtual int TimedEvery => 1;

    /// <summary>Operations in one call: the entries of a batch.</summary>
    public virtual int OperationsPerCall => 1;

    /// <summary>The unit of the figure that is compared; only a duration is better when it is lower.</summary>
    public virtual string Unit => "ops/s";

    /// <summary>The figure of a cell whose operations and latencies are known.</summary>
    public double FigureOf(CellResult result) =>
        Unit == "ms" ? result.P50Us / 1000 : result.Operations / result.Seconds;

    /// <summary>Calls of one thread after which the cell ends, if the clock does not end it before.</summary>
    public virtual long CallsMax(CellRequest cell) =>
        Math.Max(1, cell.Entries / (OperationsPerCall * cell.Threads));

    /// <summary>Once per cell, before there are threads.</summary>
    public virtual void Prepare(CellRequest cell)
    {
    }

    /// <summary>Once per thread, untimed.</summary>
    /// <returns>False if the engine has no such operation.</returns>
    public virtual bool Prepare(Worker worker) => true;

    /// <summary>The timed loop of one thread; it ends when the meter says so.</summary>
    /// <returns>Operations done.</returns>
    public abstract long Run(Worker worker);

    /// <summary>What a further, unmeasured thread does meanwhile; null if there is none.</summary>
    public virtual Action<Worker>? Background => null;

    /// <summary>Checks, after the clock has stopped, that what was written is there.</summary>
    public virtual void Verify(Worker worker)
    {
    }
}
