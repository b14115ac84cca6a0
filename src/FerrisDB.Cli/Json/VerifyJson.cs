namespace FerrisDB.Cli;

/// <summary>What a verification has found.</summary>
internal sealed record VerifyJson(
    string Folder, bool IsSound, IReadOnlyList<VerifyFinding> Findings, int Files, long Bytes, long TableEntries,
    long LogRecords,
    long LastVersion, string LogEnd, IReadOnlyList<string> Marks, double Seconds)
{
    public static VerifyJson Of(VerifyReport report, TimeSpan elapsed) => new(
        report.Folder, report.IsSound, report.Findings, report.FileCount, report.BytesRead, report.TableEntries,
        report.LogRecords,
        report.LastVersion, report.LogEnd, report.Marks, Math.Round(elapsed.TotalSeconds, 3));
}
