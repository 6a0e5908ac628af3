-- Posts Giga Meter's payloads. Every one is new, or (BENCH_REPEAT) every second one repeats the one before it.
local template = io.open(os.getenv("BENCH_TEMPLATE")):read("a")
local schools = tonumber(os.getenv("BENCH_SCHOOLS"))
local batch = tonumber(os.getenv("BENCH_BATCH"))
local repeated = os.getenv("BENCH_REPEAT") == "1"
local head, tail = template:match("^(.-)@UUID@(.*)$")
local middle
middle, tail = tail:match("^(.-)@SCHOOL@(.*)$")
local seed = os.time() * 1000 + tonumber(os.getenv("BENCH_ROUND"))
local number = 0
local last

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

local function name()
  number = number + 1
  return string.format("%012x-0000-4000-8000-%012x", seed, number)
end

local function school()
  return string.format("school-%d", number % schools)
end

local function one()
  local id = name()
  return wrk.format(nil, "/api/v1/measurements", nil, head .. id .. middle .. school() .. tail)
end

local function many()
  local records = {}
  for index = 1, batch do
    records[index] = head .. name() .. tail
  end
  local body = '{"records":[' .. table.concat(records, ",") .. "]}"
  return wrk.format(nil, "/api/v1/connectivity/" .. school(), nil, body)
end

if batch > 0 then
  head, tail = template:match("^(.-)@UUID@(.*)$")
end

function request()
  if repeated and last then
    local again = last
    last = nil
    return again
  end
  last = batch > 0 and many() or one()
  return last
end
