using System.Buffers.Binary;
using FerrisDB.Transactions;

namespace FerrisDB.Tests;

public sealed class VersionstampOperandTests
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(9, 0, false)]
    [InlineData(10, 0, true)]
    [InlineData(10, 1, false)]
    [InlineData(10, -1, false)]
    [InlineData(12, 2, true)]
    [InlineData(12, 3, false)]
    [InlineData(12, int.MaxValue, false)]
    [InlineData(12, int.MaxValue - 8, false)]
    [InlineData(12, int.MinValue, false)]
    public void The_stamp_must_lie_in_front_of_its_offset(int bytes, int offset, bool isValid)
    {
        var operand = Operand(bytes, offset);

        Assert.Equal(isValid, VersionstampOperand.IsValid(operand));
        if (isValid)
            VersionstampOperand.Check(operand);
        else
            AssertRefused(operand);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void An_operand_without_an_offset_is_refused(int bytes) => AssertRefused(new byte[bytes]);

    [Fact]
    public void The_stamp_is_version_and_order_most_significant_first_and_the_offset_is_dropped()
    {
        var operand = Operand(13, offset: 2);
        var stamped = new byte[VersionstampOperand.StampedLength(operand)];

        VersionstampOperand.Stamp(operand, version: 0x0102030405060708, order: 0x090a, stamped);

        Assert.Equal("aaaa0102030405060708090aaa", Convert.ToHexStringLower(stamped));
    }

    [Fact]
    public void An_operand_can_be_stamped_in_place()
    {
        var operand = Operand(10, offset: 0);

        VersionstampOperand.Stamp(operand, version: 1, order: 2, operand);

        Assert.Equal("00000000000000010002", Convert.ToHexStringLower(operand[..10]));
    }

    private static void AssertRefused(byte[] operand)
    {
        var refused = Assert.Throws<FerrisException>(() => VersionstampOperand.Check(operand));
        Assert.Equal(ErrorCode.ClientInvalidOperation, refused.Code);
    }

    private static byte[] Operand(int bytes, int offset)
    {
        var operand = new byte[bytes + VersionstampOperand.SuffixSize];
        operand.AsSpan().Fill(0xaa);
        BinaryPrimitives.WriteInt32LittleEndian(operand.AsSpan(bytes), offset);
        return operand;
    }
}
