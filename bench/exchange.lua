-- What wrk sends, to the gateways and to nginx alike: POST, 1 KB, the headers of an X-Road client.
-- The person asked about changes from request to request, so that the log's index works as in life.
local target = os.getenv("BENCH_TARGET")
local headers = {
  ["Content-Type"] = "application/json",
  ["X-Road-Client"] = os.getenv("BENCH_CLIENT"),
  ["X-Road-UserId"] = "BAbenchmark-official",
  ["X-Road-Issue"] = "K4T92M7AE",
}
local frame =
  '{"subject":{"jmb":"%013d"},"fields":["children"],"parameters":{"padding":"%s"},"salt":"%s"}'
local signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local bodies = {}
local next_body = 0

-- As long as a real one. Random enough for a measurement, not for a life.
local function salt()
  local made = {}
  for number = 1, 22 do
    local place = math.random(#signs)
    made[number] = signs:sub(place, place)
  end
  return table.concat(made)
end

function init(_)
  local padding = string.rep("x", 1024 - #string.format(frame, 0, "", salt()))
  for number = 1, 500 do
    local body = string.format(frame, math.random(10 ^ 12), padding, salt())
    bodies[number] = wrk.format("POST", target, headers, body)
  end
end

function request()
  next_body = next_body % #bodies + 1
  return bodies[next_body]
end
