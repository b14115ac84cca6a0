using System.Text;

namespace FerrisDB.Storage;

/// <summary>What is damaged in a folder, what a repair would do, and what would be lost.</summary>
/// <remarks>
/// Made by <see cref="StorageEngine.PlanRepair"/>, which changes nothing; carried out, to the letter or not at all, by
/// <see cref="StorageEngine.ApplyRepairAsync"/>.
/// </remarks>
public sealed class RepairPlan
{
    internal RepairPlan(RepairFindings findings, uint fingerprint, StorageOptions options)
    {
        Findings = findings;
        Fingerprint = fingerprint;
        Options = options;
    }

    /// <summary>The folder that it is about.</summary>
    public string Folder { get; internal init; } = "";

    /// <summary>All that is damaged, by file and offset; empty if nothing is.</summary>
    public IReadOnlyList<VerifyFinding> Damage { get; internal init; } = [];

    /// <summary>Data that the repaired database will not have; empty if all of it can be saved.</summary>
    public IReadOnlyList<RepairLoss> Losses { get; internal init; } = [];

    /// <summary>What would be done, step by step, for people.</summary>
    public IReadOnlyList<string> Steps { get; internal init; } = [];

    /// <summary>
    /// The newest version whose commits are kept. A commit behind it was lost with the log or never acknowledged.
    /// </summary>
    public long LastVersion { get; internal init; }

    /// <summary>
    /// Names of files that are kept aside as <c>NAME.damaged</c> and no longer belong to the database.
    /// </summary>
    public IReadOnlyList<string> FilesSetAside { get; internal init; } = [];

    /// <summary>What earlier repairs have left to tell.</summary>
    public IReadOnlyList<string> Marks { get; internal init; } = [];

    /// <summary>False if nothing is damaged: then there is nothing to apply.</summary>
    public bool IsNeeded => Damage.Count > 0;

    internal RepairFindings Findings { get; }

    internal uint Fingerprint { get; }

    internal StorageOptions Options { get; }

    /// <summary>The whole plan as text, a line for each damage, loss and step.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var damage in Damage)
            text.Append("DAMAGE: ").Append(damage).Append('\n');
        foreach (var loss in Losses)
            text.Append("LOSS: ").Append(loss).Append('\n');
        foreach (var step in Steps)
            text.Append("step: ").Append(step).Append('\n');
        foreach (var mark in Marks)
            text.Append("mark: ").Append(mark).Append('\n');
        return text.Append(Summary).ToString();
    }

    /// <summary>The plan in one line.</summary>
    public string Summary
    {
        get
        {
            if (!IsNeeded)
                return $"{Folder}: nothing to repair";
            var extent = Losses.Count == 0 ? "nothing is lost" : "with loss";
            return $"{Folder}: can be repaired, {extent}, up to version {LastVersion}";
        }
    }
}
