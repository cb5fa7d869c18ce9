using Spectre.Console;

namespace AccountGrid.Cli.Replay;

/// <summary>The two columns at the end: what happened then, and what this run measured.</summary>
internal static class SideBySide
{
    private const int Widest = 132;
    private const string NotReached = "not reached in this run";

    /// <summary>Prints it.</summary>
    public static void Write(Stage stage)
    {
        var m = stage.Measured;
        var table = new Table { Border = TableBorder.Horizontal, UseSafeBorder = true, ShowRowSeparators = true };
        table.Width = Math.Min(Widest, stage.Output.Console.Profile.Width);
        table.AddColumn(new TableColumn("") { Width = 22 });
        table.AddColumn("[bold]2 November 2017[/] [grey](New York; as published)[/]");
        table.AddColumn("[bold]AccountGrid, this run[/]");
        Add("Who it took", "one support contractor, on the last working day",
            Say(m.LoneRefusal, t => $"refused after {Show.Elapsed(t)}: it takes two"));
        Add("Down", "11 minutes: from about 18:45 to 18:54 (reports differ) until 19:00 to 19:03",
            Say(m.Down, t => $"{Show.Elapsed(t)}, decided by two people, ended by one"));
        Add("Visitors read", "\"Sorry, that page doesn't exist!\"; how many is not known",
            m.VisitorsRefused > 0
                ? "the same 404 as for no account; "
                    + $"{Show.Count(m.Incident?.ReadsRefused ?? 0)} reads refused and counted"
                : NotReached);
        Add("Followers after it",
            "21:40: about 5,400; 22:00: 41 million; next morning \"still not entirely restored\" by one report, "
                + "gone from lists by another",
            m is { AfterRestore: { } f, FirstRead: { } r }
                ? $"first read, {Show.Elapsed(r)}: {Stage.Say(f)}"
                : NotReached);
        Add("Power of a person who leaves", "until the end, and by one report an effect hours later",
            Say(m.PowerlessAfter, t => $"none {Show.Elapsed(t)} after offboarding, with a valid token; "
                + "what was pending or queued is void"));
        Add("The other official account", "20.9 million followers, untouched",
            m.BystanderUntouched
                ? $"{Show.Count(stage.Scale.Bystander)} followers ({stage.Scale.Label}), untouched"
                : NotReached);
        Add("Who did it",
            "20:05: \"human error by an employee\"; about 22:00: deliberate, by a support employee on the last day",
            Say(m.Report, t => $"report in {Show.Elapsed(t)}: by whom, approved by whom, ended by whom, "
                + $"{m.Incident?.TraceIds.Count ?? 0} traces"));
        Add("Undoing all of one person's acts", "not known",
            m.Undone > 0 ? $"{m.Undone} accounts, by one person, in one call" : NotReached);
        Add("Safeguards", "3 November: \"implemented safeguards\", never described",
            m.Audit is { Intact: true } a
                ? $"a journal that was verified just now: {Show.Count(a.Entries)} entries, refused attempts among them"
                : NotReached);
        stage.Output.Console.WriteLine();
        stage.Output.Console.Write(table);

        void Add(string what, string then, string now) =>
            table.AddRow($"[grey]{Markup.Escape(what)}[/]", Markup.Escape(then), Markup.Escape(now));
    }

    private static string Say(TimeSpan? measured, Func<TimeSpan, string> sentence) =>
        measured is { } t ? sentence(t) : NotReached;
}
