using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FerrisDB.Layers;

/// <summary>
/// Reads a packed tuple element by element: for keys of which only a part is wanted, or of which nobody knows the form.
/// </summary>
/// <param name="packed">The packed tuple, without a prefix.</param>
public ref struct TupleReader(ReadOnlySpan<byte> packed)
{
    private readonly ReadOnlySpan<byte> _packed = packed;
    private int _position;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Elements read so far.</summary>
    public int Index { get; private set; }

    /// <summary>True if there is nothing left to read.</summary>
    public readonly bool IsAtEnd => _position == _packed.Length;

    /// <summary>Reads the next element.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidTupleIndex"/>: there is none.
    /// <see cref="ErrorCode.InvalidTupleDataType"/>: these bytes are no tuple.</exception>
    public TupleValue Read()
    {
        ThrowIfAtEnd();
        if (!TupleDecoder.TryRead(_packed, ref _position, out var value, out var fault))
            throw fault.ToException(Index);
        Index++;
        return value;
    }

    /// <summary>Reads the next element as a <typeparamref name="T"/>: see <see cref="TupleValue.As{T}"/>.</summary>
    /// <inheritdoc cref="Read()" path="/exception"/>
    public T Read<T>()
    {
        if (typeof(T) == typeof(long) && TryReadInt64(long.MinValue, long.MaxValue, out var wide))
            return Unsafe.BitCast<long, T>(wide);
        if (typeof(T) == typeof(int) && TryReadInt64(int.MinValue, int.MaxValue, out var narrow))
            return Unsafe.BitCast<int, T>((int)narrow);
        var value = Read();
        return value.TryAs<T>(out var result)
            ? result
            : throw TupleConversion.Mismatch<T>(value, Index - 1);
    }

    /// <summary>Moves past the next element without making anything of it.</summary>
    /// <inheritdoc cref="Read()" path="/exception"/>
    public void Skip()
    {
        ThrowIfAtEnd();
        if (!TupleDecoder.TrySkip(_packed, ref _position, out var fault))
            throw fault.ToException(Index);
        Index++;
    }

    /// <summary>Reads the next element; false at the end, or if these bytes are no tuple.</summary>
    public bool TryRead(out TupleValue value)
    {
        value = default;
        if (IsAtEnd || !TupleDecoder.TryRead(_packed, ref _position, out value, out _))
            return false;
        Index++;
        return true;
    }

    /// <summary>
    /// Reads the next element as a <typeparamref name="T"/>; false at the end, if these bytes are no tuple, or if the
    /// element is none.
    /// </summary>
    public bool TryRead<T>([MaybeNullWhen(false)] out T value)
    {
        value = default;
        return TryRead(out var element) && element.TryAs(out value);
    }

    internal readonly void ThrowUnlessAtEnd()
    {
        if (!IsAtEnd)
        {
            throw new FerrisException(
                ErrorCode.InvalidTupleIndex,
                $"The tuple has more than the {Index} elements that were asked for: {_packed.Length - _position} bytes "
                    + "follow.");
        }
    }

    private bool TryReadInt64(long min, long max, out long value)
    {
        value = 0;
        var position = _position;
        if (IsAtEnd || !TupleDecoder.TryReadInt64(_packed, ref position, out value) || value < min || value > max)
            return false;
        _position = position;
        Index++;
        return true;
    }

    private readonly void ThrowIfAtEnd()
    {
        if (IsAtEnd)
        {
            throw new FerrisException(
                ErrorCode.InvalidTupleIndex, $"The tuple has {Index} elements; there is none at {Index}.");
        }
    }
}
