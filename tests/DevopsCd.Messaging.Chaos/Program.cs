using DevopsCd.Messaging.Chaos;

return args switch
{
    ["scheduler", var postgres, var rabbit] => await SchedulerNode.Run(postgres, new Uri(rabbit)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: scheduler <postgres> <rabbitmq>");
    return 2;
}
