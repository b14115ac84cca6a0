using System.Text;
using CsCheck;
using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

public sealed class EscapedTextTests
{
    // Bytes as they come, and bytes chosen to look like escapes.
    private static readonly Gen<byte[]> Bytes = Gen.OneOf(
        Gen.Byte.Array[0, 40],
        Gen.Char["\\x0f\n\u00c3\u00a9 "].Array[0, 12].Select(signs => signs.Select(sign => (byte)sign).ToArray()));

    [Fact]
    public void Any_bytes_come_back_from_their_text() =>
        Bytes.Sample(bytes => EscapedText.Parse(EscapedText.Format(bytes)).AsSpan().SequenceEqual(bytes));

    [Fact]
    public void A_text_is_on_one_line_and_moves_no_cursor() =>
        Bytes.Sample(bytes => !EscapedText.Format(bytes).Any(char.IsControl));

    [Fact]
    public void Different_bytes_have_different_texts() =>
        Gen.Select(Bytes, Bytes).Sample((left, right) =>
            left.AsSpan().SequenceEqual(right) == (EscapedText.Format(left) == EscapedText.Format(right)));

    [Theory]
    [InlineData("user/42")]
    [InlineData("Ünïcödé, 日本語, 👩‍🚀")]
    [InlineData("""{"text":"a \"quote\", a line\nand C:\\folder"}""")]
    [InlineData(@"C:\folder\")]
    [InlineData(@"\x4 and \y00 are no escapes")]
    [InlineData("")]
    public void Printable_text_stands_for_itself(string text)
    {
        Assert.Equal(Encoding.UTF8.GetBytes(text), EscapedText.Parse(text));
        Assert.Equal(text, EscapedText.Format(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0x61, 0xFF }, @"\x00a\xff")]
    [InlineData(new byte[] { 0, (byte)'\\' }, @"\x00\\")]
    [InlineData(new byte[] { (byte)'\\', (byte)'x', (byte)'4', (byte)'1' }, @"\\x41")]
    [InlineData(new byte[] { (byte)'a', (byte)'\t', (byte)'b', (byte)'\n' }, @"a\x09b\x0a")]
    [InlineData(new byte[] { 0xC3 }, @"\xc3")]
    [InlineData(new byte[] { 0xE2, 0x80, 0xAE, (byte)'a' }, @"\xe2\x80\xaea")]
    public void What_is_not_printable_is_escaped(byte[] bytes, string text)
    {
        Assert.Equal(text, EscapedText.Format(bytes));
        Assert.Equal(bytes, EscapedText.Parse(text));
    }

    [Fact]
    public void Escapes_may_be_typed_in_capitals() => Assert.Equal([0xAB, 0xCD], EscapedText.Parse(@"\xAB\xcD"));
}
