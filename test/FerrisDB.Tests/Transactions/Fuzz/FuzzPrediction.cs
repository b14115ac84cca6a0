namespace FerrisDB.Tests.Transactions;

/// <summary>What may become of a call.</summary>
/// <param name="Errors">Errors that apply: it fails with one of them.</param>
/// <param name="MayFail">It may also succeed.</param>
internal readonly record struct FuzzPrediction(IReadOnlyList<ErrorCode> Errors, bool MayFail = false)
{
    public static readonly FuzzPrediction Success = new([]);

    public static FuzzPrediction Failure(ErrorCode code) => new([code]);

    public bool IsRight(ErrorCode? code) =>
        code is { } failed ? Errors.Contains(failed) : MayFail || Errors.Count == 0;

    public override string ToString() =>
        Errors.Count == 0 ? "success" : string.Join(" or ", Errors) + (MayFail ? " or success" : "");
}
