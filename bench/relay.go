// The relay that a Go programmer writes first: io.Copy both ways, half-close passed on.
package main

import (
	"io"
	"log"
	"net"
	"os"
	"time"
)

type halfCloser interface{ CloseWrite() error }

func pump(to, from net.Conn, done chan<- struct{}) {
	io.Copy(to, from)
	to.(halfCloser).CloseWrite()
	done <- struct{}{}
}

func main() {
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Print(err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		go func() {
			defer client.Close()
			engine, err := net.Dial("tcp", os.Args[2])
			if err != nil {
				return
			}
			defer engine.Close()
			done := make(chan struct{}, 2)
			go pump(engine, client, done)
			go pump(client, engine, done)
			<-done
			<-done
		}()
	}
}
