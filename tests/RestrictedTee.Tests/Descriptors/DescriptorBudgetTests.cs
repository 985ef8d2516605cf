using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Serving;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Tests.Descriptors;

/// <summary>How the descriptors of a server are shared out.</summary>
public sealed class DescriptorBudgetTests
{
    [Fact]
    public void One_greedy_client_gets_half_and_the_next_one_a_share_of_the_rest()
    {
        var budget = new DescriptorBudget(100);

        Assert.Equal(50, TakeAll(budget.AccountOf(1)));
        Assert.Equal(25, TakeAll(budget.AccountOf(2)));
        Assert.Equal(Errno.EMFILE, Assert.Throws<TeeDriverException>(budget.AccountOf(2).Take).Errno);
    }

    [Fact]
    public void A_newcomer_is_served_however_many_greedy_ones_there_are()
    {
        var budget = new DescriptorBudget(100);
        for (int pid = 1; pid <= 6; pid++)
            TakeAll(budget.AccountOf(pid));

        Assert.True(budget.AccountOf(7).TryTake());
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again()
    {
        var budget = new DescriptorBudget(10);
        DescriptorBudget.Account account = budget.AccountOf(1);
        int taken = TakeAll(account);

        account.Return(taken);

        Assert.Equal(10, budget.Free);
        Assert.Equal(taken, TakeAll(budget.AccountOf(1)));
    }

    [Fact]
    public void A_process_has_one_account_whatever_it_connects_with()
    {
        var budget = new DescriptorBudget(100);
        DescriptorBudget.Account account = budget.AccountOf(1);
        account.Take();

        Assert.Same(account, budget.AccountOf(1));
    }

    private static int TakeAll(DescriptorBudget.Account account)
    {
        int count = 0;
        while (account.TryTake())
            count++;
        return count;
    }
}
