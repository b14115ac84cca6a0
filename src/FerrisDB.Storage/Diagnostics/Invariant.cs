using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>
/// What must always hold. A broken invariant is a bug of ours: it throws and the engine stops itself.
/// </summary>
internal static class Invariant
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void That(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
            Fail(expression);
    }

    /// <summary>
    /// As <see cref="That(bool, string?)"/>, for whole-structure checks: the message may cost something.
    /// </summary>
    [Conditional("FERRIS_CHECKED")]
    public static void Checked(
        [DoesNotReturnIf(false)] bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] ref CheckedMessage message)
    {
        if (!condition)
            Fail(message.ToStringAndClear());
    }

    [DoesNotReturn]
    private static void Fail(string? what) => throw new InvariantException(what ?? "unknown");

    /// <summary>Formats only when the condition is false.</summary>
    [InterpolatedStringHandler]
    internal ref struct CheckedMessage
    {
        private DefaultInterpolatedStringHandler _handler;

        public CheckedMessage(int literalLength, int formattedCount, bool condition, out bool isNeeded)
        {
            isNeeded = !condition;
            _handler = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        public void AppendLiteral(string value) => _handler.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _handler.AppendFormatted(value);

        public string ToStringAndClear() => _handler.ToStringAndClear();
    }
}

/// <summary>An invariant of the engine did not hold: a bug in FerrisDB, never the caller's fault.</summary>
internal sealed class InvariantException(string what)
    : Exception($"FerrisDB broke one of its own invariants: {what}. The engine has stopped; please report this.");
