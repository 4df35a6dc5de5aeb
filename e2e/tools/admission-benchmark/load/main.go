// The load of the admission benchmark: a closed loop of AdmissionReviews over kept-alive HTTPS connections, sent with the
// client that API servers use (net/http, HTTP/1.1), each answer checked. Prints one line of JSON.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

func main() {
	url := flag.String("url", "", "where the reviews go")
	authority := flag.String("ca", "", "certificate authority of the server, PEM")
	file := flag.String("reviews", "", "file of reviews, one JSON object `{allowed, review}` per line")
	inFlight := flag.Int("in-flight", 8, "connections, each with one request at a time")
	warmUp := flag.Duration("warm-up", time.Second, "time before the measured time")
	duration := flag.Duration("duration", 3*time.Second, "measured time")
	flag.Parse()
	if err := run(*url, *authority, *file, *inFlight, *warmUp, *duration); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// result is what one run tells; times are in milliseconds.
type result struct {
	Requests int `json:"requests"`
	// Total has the requests of the warm-up too.
	Total      int     `json:"total"`
	Wrong      int     `json:"wrong"`
	FirstWrong string  `json:"firstWrong,omitempty"`
	Seconds    float64 `json:"seconds"`
	P50        float64 `json:"p50Ms"`
	P99        float64 `json:"p99Ms"`
	Max        float64 `json:"maxMs"`
	// CPUSeconds is what this process used in the measured time.
	CPUSeconds float64 `json:"cpuSeconds"`
}

func run(url, authority, file string, inFlight int, warmUp, duration time.Duration) error {
	reviews, err := readReviews(file)
	if err != nil {
		return err
	}
	client, err := newClient(authority, inFlight)
	if err != nil {
		return err
	}
	start := time.Now().Add(warmUp)
	end := start.Add(duration)
	loops := make([]loop, inFlight)
	var running sync.WaitGroup
	for i := range loops {
		running.Go(func() { loops[i].run(client, url, reviews[i*len(reviews)/inFlight:], start, end) })
	}
	time.Sleep(warmUp)
	cpuBefore := cpuSeconds()
	running.Wait()
	summary := summarize(loops)
	summary.Seconds = time.Since(start).Seconds()
	summary.CPUSeconds = cpuSeconds() - cpuBefore
	return json.NewEncoder(os.Stdout).Encode(summary)
}

// summarize adds up what the loops saw.
func summarize(loops []loop) result {
	var all []time.Duration
	var sum result
	for i := range loops {
		all = append(all, loops[i].times...)
		sum.Total += loops[i].total
		sum.Wrong += loops[i].wrong
		if sum.FirstWrong == "" {
			sum.FirstWrong = loops[i].firstWrong
		}
	}
	slices.Sort(all)
	sum.Requests = len(all)
	sum.P50, sum.P99, sum.Max = quantileMs(all, 0.5), quantileMs(all, 0.99), quantileMs(all, 1)
	return sum
}

// quantileMs is the time below which a share of the sorted times lies.
func quantileMs(sorted []time.Duration, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[int(share*float64(len(sorted)-1))].Nanoseconds()) / 1e6
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
