using System.Runtime.InteropServices;
using FerrisDB.Native;

namespace FerrisDB.Tests.Native;

/// <summary>Codes of errors, and their texts.</summary>
public sealed class NativeErrorsTests
{
    [Fact]
    public void Every_error_that_the_database_has_has_a_text()
    {
        var codes = Enum.GetValues<ErrorCode>().Select(code => (int)code);

        Assert.Empty(codes.Except(ErrorTexts.Codes));
    }

    [Theory]
    [InlineData(1020)]
    [InlineData(9001)]
    [InlineData(0)]
    public void A_text_is_a_line_and_always_the_same(int code)
    {
        var text = Marshal.PtrToStringUTF8(ErrorTexts.Of(code))!;

        Assert.Matches(@"^[A-Z][^\n\r]+$", text);
        Assert.Equal(ErrorTexts.Of(code), ErrorTexts.Of(code));
    }

    [Fact]
    public void Numbers_that_are_no_codes_have_a_text_too()
    {
        Assert.Equal(ErrorTexts.Of(4000), ErrorTexts.Of(-1));
        Assert.Equal(ErrorTexts.Of(4000), ErrorTexts.Of(int.MaxValue));
        Assert.Equal("UNKNOWN_ERROR", Marshal.PtrToStringUTF8(ErrorTexts.Of(12345)));
    }

    [Fact]
    public void Every_failure_has_a_code()
    {
        Assert.Equal(1020, NativeErrors.CodeOf(new FerrisException(ErrorCode.NotCommitted, "")));
        Assert.Equal(1025, NativeErrors.CodeOf(new ObjectDisposedException("")));
        Assert.Equal(1101, NativeErrors.CodeOf(new OperationCanceledException()));
        Assert.Equal(2000, NativeErrors.CodeOf(new ArgumentOutOfRangeException()));
        Assert.Equal(1510, NativeErrors.CodeOf(new IOException()));
        Assert.Equal(4100, NativeErrors.CodeOf(new InvalidOperationException()));
    }

    [Fact]
    public void The_three_predicates_agree_with_the_retry_loop()
    {
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            Assert.Equal(RetryPolicy.IsRetryable(code), ErrorPredicates.Test(50_000, code));
            Assert.Equal(RetryPolicy.IsMaybeCommitted(code), ErrorPredicates.Test(50_001, code));
            Assert.Equal(RetryPolicy.IsRetryableNotCommitted(code), ErrorPredicates.Test(50_002, code));
            Assert.False(ErrorPredicates.Test(1, code));
        }
    }
}
