// Command alloyfmt parses Alloy configuration from standard input and writes it back as `alloy fmt` would.
//
// With -strings it writes the value of every string literal instead, as one JSON list.
package main

import (
	"encoding/json"
	"flag"
	"io"
	"log"
	"os"
	"strconv"

	"github.com/grafana/alloy/syntax/ast"
	"github.com/grafana/alloy/syntax/parser"
	"github.com/grafana/alloy/syntax/printer"
	"github.com/grafana/alloy/syntax/token"
)

type literals struct{ values []string }

func (l *literals) Visit(node ast.Node) ast.Visitor {
	if literal, ok := node.(*ast.LiteralExpr); ok && literal.Kind == token.STRING {
		value, err := strconv.Unquote(literal.Value)
		check(err)
		l.values = append(l.values, value)
	}
	return l
}

func main() {
	log.SetFlags(0)
	asStrings := flag.Bool("strings", false, "write the values of all string literals as a JSON list")
	flag.Parse()
	source, err := io.ReadAll(os.Stdin)
	check(err)
	file, err := parser.ParseFile("config.alloy", source)
	check(err)
	if *asStrings {
		found := &literals{values: []string{}}
		ast.Walk(found, file)
		check(json.NewEncoder(os.Stdout).Encode(found.values))
		return
	}
	check(printer.Fprint(os.Stdout, file))
	os.Stdout.WriteString("\n")
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
