package main
import ("testing";"os";"encoding/json")
func BenchmarkCall(b *testing.B){
 req,_:=os.ReadFile("/tmp/gp/req.json")
 var r any; _ = json.Unmarshal(req,&r)
 b.ReportAllocs()
 for b.Loop(){ call(req) }
}
