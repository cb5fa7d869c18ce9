using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>The two shapes in which answers for people come: a table of many, and the facts of one.</summary>
internal static class Tables
{
    /// <summary>A table; a header that begins with <c>#</c> is a column of numbers, set to the right.</summary>
    public static Table New(params ReadOnlySpan<string> headers)
    {
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = true };
        foreach (var header in headers)
        {
            var isNumber = header.StartsWith('#');
            var column = new TableColumn($"[bold]{Markup.Escape(isNumber ? header[1..] : header)}[/]");
            table.AddColumn(isNumber ? column.RightAligned() : column);
        }

        return table;
    }

    /// <summary>Names and values below each other. Values are markup.</summary>
    public static Grid Facts(params IEnumerable<(string Name, string Markup)> facts)
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn().NoWrap().PadRight(3));
        grid.AddColumn();
        foreach (var (name, markup) in facts)
        {
            if (markup.Length > 0)
            {
                grid.AddRow($"[grey]{name}[/]", markup);
            }
        }

        return grid;
    }

    /// <summary>Prints a table, or a sentence where it would be empty.</summary>
    public static void Write(this IAnsiConsole console, Table table, string whenEmpty)
    {
        if (table.Rows.Count == 0)
        {
            console.MarkupLine($"[grey]{Markup.Escape(whenEmpty)}[/]");
        }
        else
        {
            console.Write(table);
        }
    }
}
