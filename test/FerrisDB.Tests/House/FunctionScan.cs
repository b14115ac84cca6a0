using System.Text.RegularExpressions;

namespace FerrisDB.Tests.House;

/// <summary>
/// A method, constructor, operator or property with a body, and the lines that it takes, signature included.
/// </summary>
/// <param name="Header">What stands before the body: attributes, modifiers, signature.</param>
/// <param name="FirstLine">Counted from one; attributes are not part of the length.</param>
internal sealed record Function(string Name, string Header, string Body, int FirstLine, int LastLine)
{
    public int Lines => LastLine - FirstLine + 1;
}

/// <summary>Finds the functions of a file by its braces. Takes code whose comments and literals are blanked.</summary>
internal sealed partial class FunctionScan
{
    private static readonly string[] Modifiers =
    [
        "public", "internal", "private", "protected", "static", "readonly", "ref", "async", "unsafe", "override",
        "sealed", "virtual", "abstract", "extern", "new", "partial", "required", "file", "scoped", "in", "out",
    ];

    private readonly string _code;
    private readonly List<Function> _functions = [];
    private int _position;

    // Of the member that is being read: where it begins, where its "=>" stands, whether a "=" came first.
    private int _start;
    private int _arrow;
    private bool _isAssigned;

    private FunctionScan(string code) => _code = code;

    public static IReadOnlyList<Function> FunctionsOf(string code)
    {
        var scan = new FunctionScan(code);
        while (scan._position < code.Length)
            scan.ScanMembers();
        return scan._functions;
    }

    // Reads members until the brace that closes their type, or until the file ends.
    private void ScanMembers()
    {
        BeginMember();
        while (_position < _code.Length)
        {
            switch (_code[_position])
            {
                case '(' or '[':
                    SkipGroup();
                    break;
                case '{':
                    ScanBlock();
                    break;
                case '=':
                    ScanEquals();
                    break;
                case ';':
                    if (_arrow >= 0)
                        Emit(_arrow, _position);
                    _position++;
                    BeginMember();
                    break;
                case '}':
                    _position++;
                    return;
                default:
                    _position++;
                    break;
            }
        }
    }

    private void BeginMember()
    {
        _start = _position;
        _arrow = -1;
        _isAssigned = false;
    }

    private void ScanBlock()
    {
        if (_arrow >= 0 || _isAssigned)
        {
            // Part of an expression body or an initializer: the member ends at its semicolon.
            SkipGroup();
        }
        else if (TypeKeyword().IsMatch(_code[_start.._position]))
        {
            _position++;
            ScanMembers();
            BeginMember();
        }
        else
        {
            var body = _position;
            SkipGroup();
            Emit(body, _position - 1);
            BeginMember();
        }
    }

    private void ScanEquals()
    {
        var next = _position + 1 < _code.Length ? _code[_position + 1] : '\0';
        var isOperator = next == '=' || _code[_position - 1] is '=' or '<' or '>' or '!';
        if (next == '>' && !_isAssigned && _arrow < 0)
            _arrow = _position;
        else if (next != '>' && !isOperator && _arrow < 0)
            _isAssigned = true;
        _position++;
    }

    private void Emit(int bodyStart, int end)
    {
        var signature = _start + LeadingAttributes().Match(_code[_start..bodyStart]).Length;
        var name = NameOf(_code[signature..bodyStart]);
        if (name.Length == 0)
            return;
        var header = _code[_start..bodyStart];
        _functions.Add(new Function(name, header, _code[bodyStart..(end + 1)], LineOf(signature), LineOf(end)));
    }

    private static string NameOf(string header)
    {
        if (Operator().IsMatch(header))
            return "operator";
        var called = Callable().Matches(header).Select(match => match.Groups["name"].Value)
            .FirstOrDefault(name => !Modifiers.Contains(name));
        return called ?? Identifier().Matches(header).LastOrDefault()?.Value ?? "";
    }

    private void SkipGroup()
    {
        var depth = 0;
        do
        {
            depth += _code[_position] switch { '(' or '[' or '{' => 1, ')' or ']' or '}' => -1, _ => 0 };
            _position++;
        }
        while (depth > 0 && _position < _code.Length);
    }

    private int LineOf(int position) => _code.AsSpan(0, position).Count('\n') + 1;

    // Not the constraint "where T : class".
    [GeneratedRegex(@"(?<![:,]\s*)\b(class|struct|interface|enum|record|namespace|extension)\b\s*[\w(]")]
    private static partial Regex TypeKeyword();

    [GeneratedRegex(@"^(\s*\[[^\[\]]*(\[[^\[\]]*\][^\[\]]*)*\])*\s*")]
    private static partial Regex LeadingAttributes();

    [GeneratedRegex(@"(?<name>[A-Za-z_]\w*)\s*(<[^(]*>)?\s*\(")]
    private static partial Regex Callable();

    [GeneratedRegex(@"\boperator\b")]
    private static partial Regex Operator();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Identifier();
}
