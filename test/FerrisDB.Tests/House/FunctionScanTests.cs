namespace FerrisDB.Tests.House;

public sealed class FunctionScanTests
{
    private const string Source = """"
        namespace Sample;

        using System;

        [Obsolete("it { is")]
        public sealed class Outer<T> where T : class
        {
            private readonly string _brace = "}" + $"{(true ? "{" : '}')}" + @"}""" + """ } """;

            public Outer(int size = 3)
            {
                // } not code
            }

            /* } */ public int Length { get; init; } = 3;

            [Theory, InlineData("a;b")]
            public T? Find<TKey>(TKey key) where TKey : struct
            {
                if (key.Equals(default))
                {
                    return default;
                }
                return null;
            }

            private static (int Low, int High) Both() =>
                (1,
                 2);

            public static bool operator ==(Outer<T> left, Outer<T> right) => left.Length >= right.Length;

            private enum Kind { None = 0, Some }

            private readonly record struct Pair(int Left, int Right)
            {
                public int Sum => Left + Right;
            }
        }
        """";

    [Fact]
    public void Finds_each_function_with_the_lines_it_takes()
    {
        var functions = new SourceFile("Sample.cs", Source).Functions;

        Assert.Equal(
            ["Outer 4", "Length 1", "Find 8", "Both 3", "operator 1", "Sum 1"],
            functions.Select(function => $"{function.Name} {function.Lines}"));
    }

    [Fact]
    public void Blanks_comments_and_literals_and_keeps_every_line_where_it_was()
    {
        var file = new SourceFile("Sample.cs", Source);

        Assert.Equal(file.Text.Length, file.Code.Length);
        Assert.Equal(file.Lines.Length, file.CodeLines.Length);
        Assert.DoesNotContain("not code", file.Code, StringComparison.Ordinal);
        Assert.Equal(file.Code.Count(each => each == '{'), file.Code.Count(each => each == '}'));
    }
}
