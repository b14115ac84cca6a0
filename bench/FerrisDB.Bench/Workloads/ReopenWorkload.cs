namespace FerrisDB.Bench;

/// <summary>
/// Opens a database whose process was killed right after its last acknowledged write, up to the first get; then counts
/// what is lost. It runs in two processes: see <see cref="KilledWriter"/>.
/// </summary>
internal sealed class ReopenWorkload(string name, string summary) : Workload(name, summary)
{
    public const long WritesBeforeKill = 300_000;

    public override string Unit => "ms";

    public static long WritesOf(CellRequest cell) => Math.Min(WritesBeforeKill, cell.Entries);

    public override long Run(Worker worker) => throw new InvalidOperationException("reopen has cells of its own");
}
