package dev.parley.cli.quickstart;
import dev.parley.train.TrainEvent;
import java.nio.file.Path;
import java.util.List;
public class TryOut { public static void main(String[] a) throws Exception {
 long t0=System.nanoTime();
 var q=new Quickstart(new Plan(Path.of(a[0]), Double.parseDouble(a[1]), 1, List.of(), false), new Quickstart.Progress(){
  long last=0;
  public void stage(String n,String s){ System.out.printf("[%.0f s] == %s: %s%n",(System.nanoTime()-t0)/1e9,n,s);} public void note(String l){System.out.println(l);}
  public void event(TrainEvent e){ if (e instanceof TrainEvent.Step s && System.nanoTime()-last<8_000_000_000L) return; if(e instanceof TrainEvent.Step) last=System.nanoTime(); System.out.println(e);} });
 var r=q.run(); System.out.println(r.seconds()); r.scores().forEach((k,v)->System.out.println(k+" "+v)); r.samples().forEach(System.out::println); System.out.printf("%.0f s, rss %.2f GiB%n",(System.nanoTime()-t0)/1e9, dev.parley.tensor.Engine.residentBytes()/1073741824.0);
}}
