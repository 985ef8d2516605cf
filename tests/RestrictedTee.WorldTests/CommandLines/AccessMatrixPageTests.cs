using RestrictedTee.CommandLine.Commands;
using RestrictedTee.CommandLine.Console;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.Tests.Harness;
using Spectre.Console;

namespace RestrictedTee.WorldTests.CommandLines;

/// <summary>docs/access-matrix.md shows what <c>rtee board</c> prints.</summary>
public sealed class AccessMatrixPageTests
{
    private static readonly string[] Shown = ["default", "media", "static-soc"];

    [Fact]
    public void The_page_shows_the_matrix_of_each_board_as_it_is_printed_and_none_of_another_time()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "access-matrix.md"));

        Assert.All(Shown, board => Assert.Contains($"## The board `{board}`\n\n```text\n{MatrixOf(board)}```\n", page, StringComparison.Ordinal));
        Assert.Equal(Shown.Length, page.Split("```text\n").Length - 1);
    }

    private static string MatrixOf(string board)
    {
        using var output = new StringWriter();
        BoardCommand.Print(board, BoardFile.Load(board), (table, title) =>
        {
            if (title == BoardCommand.MatrixTitle)
                Tables.Print(table, title, output, width: null);
        });
        return string.Concat(output.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length != 0).Select(line => line + "\n"));
    }
}
