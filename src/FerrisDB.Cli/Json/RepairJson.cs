namespace FerrisDB.Cli;

/// <summary>What is damaged, and what a repair would do and lose, or did and lost.</summary>
internal sealed record RepairJson(
    string Folder, bool IsNeeded, bool IsApplied, long LastVersion, IReadOnlyList<VerifyFinding> Damage,
    IReadOnlyList<RepairJson.LossRow> Losses, IReadOnlyList<string> Steps, IReadOnlyList<string> FilesSetAside,
    IReadOnlyList<string> Marks, double Seconds)
{
    public static RepairJson Of(RepairPlan plan, bool isApplied, TimeSpan elapsed) => new(
        plan.Folder, plan.IsNeeded, isApplied, plan.LastVersion, plan.Damage, [.. plan.Losses.Select(LossRow.Of)],
        plan.Steps, plan.FilesSetAside, plan.Marks, Math.Round(elapsed.TotalSeconds, 3));

    /// <summary>A loss; a missing end, version or count is not known.</summary>
    internal sealed record LossRow(
        RepairLossKind Kind, string File, string Begin, string? BeginBase64, string? End, string? EndBase64,
        long OldestVersion, long? NewestVersion, long? Count, bool OlderDataShows, string Text)
    {
        public static LossRow Of(RepairLoss loss)
        {
            var (begin, beginBase64) = JsonBytes.Of(loss.Begin);
            var (end, endBase64) = loss.End is null ? ((string?)null, null) : JsonBytes.Of(loss.End);
            return new LossRow(
                loss.Kind, loss.File, begin, beginBase64, end, endBase64, loss.OldestVersion,
                loss.NewestVersion == long.MaxValue ? null : loss.NewestVersion, loss.Count, loss.OlderDataShows,
                loss.ToString());
        }
    }
}
